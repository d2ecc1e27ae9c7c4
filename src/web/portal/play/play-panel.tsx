import { lazy, Suspense, startTransition, useState } from "react";
import { useWords } from "../language-choice.ts";
import { usePortal } from "../portal-context.ts";
import { recall, remember } from "../remember.ts";
import { useDevelopment } from "../shell/development.ts";
import { Failing } from "../shell/failing.tsx";
import { Icon } from "../ui/icon.tsx";

/** With the scripts of all scenarios: fetched when the panel is opened. */
const Stage = lazy(() => import("./stage.tsx"));

const panelWords = {
  en: { title: "Play the backend" },
  th: { title: "เล่นเป็นระบบหลังบ้าน" },
  vi: { title: "Đóng vai máy chủ" },
};

const OPEN = "carillon-portal-play";

/** Lets a visitor post what the backend of their scenario would. */
export function PlayPanel() {
  const { scenario } = usePortal().session;
  const words = useWords(panelWords);
  const [isOpen, setOpen] = useState(() => recall("window", OPEN) === "open");
  const isDevelopment = useDevelopment();
  // Operation watches the service itself: there is no backend to play.
  if (isDevelopment !== true || scenario === undefined || scenario === "operation") return null;
  const toggle = () => {
    remember("window", OPEN, isOpen ? undefined : "open");
    // It opens when all that is on it is there.
    startTransition(() => setOpen(!isOpen));
  };
  return (
    <Suspense>
      <aside className="play" data-open={isOpen} aria-label={words.title}>
        <button type="button" className="play-toggle" aria-expanded={isOpen} onClick={toggle}>
          <Icon name={isOpen ? "close" : "play"} size={18} />
          <span className="play-label">{words.title}</span>
        </button>
        {isOpen && (
          <div className="play-stage">
            <Failing>
              <Stage scenario={scenario} />
            </Failing>
          </div>
        )}
      </aside>
    </Suspense>
  );
}
