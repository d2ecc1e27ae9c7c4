import { useState } from "react";
import { useLanguage, useWords } from "../language-choice.ts";
import { type Language, spokenIn } from "../languages.ts";
import { people } from "../people.ts";
import { usePortal } from "../portal-context.ts";
import { Refused } from "../service.ts";
import type { Session } from "../session.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import type { Act, Subject } from "./act.ts";
import { useLedger } from "./ledger.ts";
import { playBackend } from "./play-backend.ts";
import { type Played, PlayedList } from "./played-list.tsx";
import { type ScriptedScenario, scripts } from "./scripts.ts";

const stageWords = {
  en: {
    text: "Posts the events that a real backend would. This exists in development only.",
    about: "About",
  },
  th: {
    text: "ส่งเหตุการณ์แบบเดียวกับที่ระบบหลังบ้านจริงส่ง มีเฉพาะระหว่างการพัฒนาเท่านั้น",
    about: "เกี่ยวกับ",
  },
  vi: {
    text: "Gửi các sự kiện mà máy chủ thật sẽ gửi. Chỉ có khi phát triển.",
    about: "Về",
  },
};

/** The acts of a scenario's backend, whom they can be about, and what came of those that were played. */
export default function Stage({ scenario }: { readonly scenario: ScriptedScenario }) {
  const { session } = usePortal();
  const { language } = useLanguage();
  const words = useWords(stageWords);
  const ledger = useLedger();
  const subjects = subjectsOf(scenario, session, language);
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
    <>
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
        {scripts[scenario].acts.map((act) => (
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
    </>
  );
}

/** Whom it can be about: oneself first, then those who speak one's language. */
function subjectsOf(scenario: ScriptedScenario, session: Session, language: Language): readonly Subject[] {
  const { about } = scripts[scenario];
  if (typeof about === "function") return about(session, language);
  const { user, name, roles } = session;
  const isAbout = (their: readonly string[]) => their.some((role) => about.includes(role));
  const others = people[scenario]
    .filter((person) => person.id !== user && isAbout(person.roles))
    .toSorted((a, b) => Number(b.language === language) - Number(a.language === language));
  return isAbout(roles) ? [{ id: user, name }, ...others] : others;
}
