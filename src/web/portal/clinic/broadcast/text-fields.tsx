import { useWords } from "../../language-choice.ts";
import { languages } from "../../languages.ts";
import { Field } from "../../ui/field.tsx";
import { announcementTypes } from "../announcements.ts";
import type { DraftFieldsProps } from "./audience-fields.tsx";
import { Choices } from "./choices.tsx";
import { type DraftText, priorities, type Written, written } from "./draft.ts";

const textWords = {
  en: {
    type: "Type",
    types: { info: "Information", success: "Good news", warning: "Warning", error: "Trouble" },
    priority: "Priority",
    priorities: { low: "Low", normal: "Normal", high: "High", critical: "Critical" },
    title: (language: string) => `Title (${language})`,
    message: (language: string) => `Message (${language})`,
  },
  th: {
    type: "ประเภท",
    types: { info: "ข้อมูลทั่วไป", success: "ข่าวดี", warning: "คำเตือน", error: "เหตุขัดข้อง" },
    priority: "ความสำคัญ",
    priorities: { low: "ต่ำ", normal: "ปกติ", high: "สูง", critical: "วิกฤต" },
    title: (language: string) => `หัวข้อ (${language})`,
    message: (language: string) => `ข้อความ (${language})`,
  },
};

/** Letters that the service takes. */
const LONGEST = { title: 200, message: 2000 };

/** What is said, in each language, and how urgent it is. */
export function TextFields({ draft, change }: DraftFieldsProps) {
  const words = useWords(textWords);
  const write = (language: Written, text: Partial<DraftText>) =>
    change({ texts: { ...draft.texts, [language]: { ...draft.texts[language], ...text } } });
  return (
    <>
      <Choices
        legend={words.type}
        kind="radio"
        values={announcementTypes}
        nameOf={(type) => words.types[type]}
        chosen={[draft.type]}
        choose={([type]) => type && change({ type })}
      />
      <Choices
        legend={words.priority}
        kind="radio"
        values={priorities}
        nameOf={(priority) => words.priorities[priority]}
        chosen={[draft.priority]}
        choose={([priority]) => priority && change({ priority })}
      />
      <div className="form-row">
        {written.map((language) => (
          <div key={language} className="form" lang={language}>
            <Field label={words.title(languages[language])}>
              {({ id }) => (
                <input
                  id={id}
                  maxLength={LONGEST.title}
                  value={draft.texts[language].title}
                  onChange={({ target }) => write(language, { title: target.value })}
                />
              )}
            </Field>
            <Field label={words.message(languages[language])}>
              {({ id }) => (
                <textarea
                  id={id}
                  rows={3}
                  maxLength={LONGEST.message}
                  value={draft.texts[language].message}
                  onChange={({ target }) => write(language, { message: target.value })}
                />
              )}
            </Field>
          </div>
        ))}
      </div>
    </>
  );
}
