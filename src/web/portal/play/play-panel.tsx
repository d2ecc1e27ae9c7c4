import { useState } from "react";
import { useLanguage, useWords } from "../language-choice.ts";
import { type Language, spokenIn } from "../languages.ts";
import { people, type Scenario } from "../people.ts";
import { usePortal } from "../portal-context.ts";
import { recall, remember } from "../remember.ts";
import { Refused } from "../service.ts";
import type { Session } from "../session.ts";
import { useDevelopment } from "../shell/development.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import type { Act, Script, Subject } from "./act.ts";
import { useLedger } from "./ledger.ts";
import { playBackend } from "./play-backend.ts";
import { type Played, PlayedList } from "./played-list.tsx";
import { scripts } from "./scripts.ts";

const panelWords = {
  en: {
    title: "Play the backend",
    text: "Posts the events that a real backend would. This exists in development only.",
    about: "About",
    close: "Close",
  },
  th: {
    title: "เล่นเป็นระบบหลังบ้าน",
    text: "ส่งเหตุการณ์แบบเดียวกับที่ระบบหลังบ้านจริงส่ง มีเฉพาะระหว่างการพัฒนาเท่านั้น",
    about: "เกี่ยวกับ",
    close: "ปิด",
  },
  vi: {
    title: "Đóng vai máy chủ",
    text: "Gửi các sự kiện mà máy chủ thật sẽ gửi. Chỉ có khi phát triển.",
    about: "Về",
    close: "Đóng",
  },
};

const OPEN = "carillon-portal-play";

/** Lets a visitor post what the backend of their scenario would. */
export function PlayPanel() {
  const { session } = usePortal();
  const words = useWords(panelWords);
  const [isOpen, setOpen] = useState(() => recall("window", OPEN) === "open");
  const isDevelopment = useDevelopment();
  const script = session.scenario && scripts[session.scenario];
  if (isDevelopment !== true || !session.scenario || !script) return null;
  const toggle = () => {
    remember("window", OPEN, isOpen ? undefined : "open");
    setOpen(!isOpen);
  };
  return (
    <aside className="play" data-open={isOpen} aria-label={words.title}>
      <button type="button" className="play-toggle" aria-expanded={isOpen} onClick={toggle}>
        <Icon name={isOpen ? "close" : "play"} size={18} />
        <span className="play-label">{words.title}</span>
      </button>
      {isOpen && <Stage scenario={session.scenario} script={script} />}
    </aside>
  );
}

function Stage({ scenario, script }: { readonly scenario: Scenario; readonly script: Script }) {
  const { session } = usePortal();
  const { language } = useLanguage();
  const words = useWords(panelWords);
  const ledger = useLedger();
  const subjects = subjectsOf(script, scenario, session, language);
  const [chosen, setChosen] = useState(subjects[0]?.id ?? "");
  const [played, setPlayed] = useState<readonly Played[]>([]);
  const play = async (act: Act) => {
    const label = spokenIn(language, act.label);
    const at = Date.now();
    const outcome = await playBackend(act.play(ledger, chosen)).catch((error: unknown) =>
      error instanceof Refused ? error : new Refused("unavailable", `${error}`),
    );
    setPlayed((before) => [{ label, at, outcome }, ...before].slice(0, 6));
  };
  return (
    <div className="play-stage">
      <p className="hint">{words.text}</p>
      {subjects.length > 0 && (
        <Field label={words.about}>
          {({ id }) => (
            <select id={id} value={chosen} onChange={({ target }) => setChosen(target.value)}>
              {subjects.map((person) => (
                <option key={person.id} value={person.id}>
                  {person.name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <div className="acts">
        {script.acts.map((act) => (
          <Button
            key={act.id}
            icon={act.icon}
            disabled={act.isPossible?.(ledger, chosen) === false}
            onClick={() => void play(act)}
          >
            {spokenIn(language, act.label)}
          </Button>
        ))}
      </div>
      <PlayedList played={played} />
    </div>
  );
}

/** Whom it can be about: oneself first, then those who speak one's language. */
function subjectsOf(
  { about }: Script,
  scenario: Scenario,
  session: Session,
  language: Language,
): readonly Subject[] {
  if (typeof about === "function") return about(session, language);
  const { user, name, roles } = session;
  const isAbout = (their: readonly string[]) => their.some((role) => about.includes(role));
  const others = people[scenario]
    .filter((person) => person.id !== user && isAbout(person.roles))
    .toSorted((a, b) => Number(b.language === language) - Number(a.language === language));
  return isAbout(roles) ? [{ id: user, name }, ...others] : others;
}
