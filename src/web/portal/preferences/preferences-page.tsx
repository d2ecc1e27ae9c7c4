import { NotificationPrompt, PreferencesForm } from "../../../react/index.ts";
import { useLanguage, useWords } from "../language-choice.ts";
import { usePortal } from "../portal-context.ts";
import { Card } from "../ui/card.tsx";
import { Page } from "../ui/page.tsx";
import { typesOf } from "./notification-types.ts";

const preferencesWords = {
  en: {
    title: "Preferences",
    lead: "What you are told of, and how.",
    kinds: "Notifications on all your devices",
  },
  th: {
    title: "การตั้งค่า",
    lead: "เลือกว่าจะรับแจ้งเรื่องใดและอย่างไร",
    kinds: "การแจ้งเตือนบนทุกอุปกรณ์ของคุณ",
  },
  vi: {
    title: "Tùy chọn",
    lead: "Bạn được báo điều gì và bằng cách nào.",
    kinds: "Thông báo trên mọi thiết bị của bạn",
  },
};

/** What somebody wants of notifications. */
export default function PreferencesPage() {
  const words = useWords(preferencesWords);
  const { session } = usePortal();
  const { language } = useLanguage();
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="grid">
        <Card title={words.kinds}>
          <PreferencesForm types={typesOf(session.scenario, language)} />
        </Card>
        <Card>
          <NotificationPrompt />
        </Card>
      </div>
    </Page>
  );
}
