import { ConnectionBadge, NotificationBell } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { usePortal } from "../portal-context.ts";
import { Avatar } from "../ui/avatar.tsx";
import { ToolButton } from "../ui/tool-button.tsx";
import { Brand } from "./brand.tsx";
import { LanguageSelect } from "./language-select.tsx";
import { RoleNames } from "./role-names.tsx";
import { ThemeButton } from "./theme-button.tsx";

const barWords = {
  en: { signOut: "Sign out" },
  th: { signOut: "ออกจากระบบ" },
  vi: { signOut: "Đăng xuất" },
};

/** The bar above every page: the connection, the bell, who is here. */
export function TopBar() {
  const { session, signOut } = usePortal();
  const words = useWords(barWords);
  return (
    <header className="top-bar">
      <Brand />
      <div className="top-tools">
        <ConnectionBadge />
        <LanguageSelect />
        <ThemeButton />
        <NotificationBell />
        <div className="who">
          <Avatar name={session.name} />
          <div className="who-names">
            <strong>{session.name}</strong>
            <RoleNames roles={session.roles} />
          </div>
        </div>
        <ToolButton icon="exit" label={words.signOut} onClick={signOut} />
      </div>
    </header>
  );
}
