import { useMemo, useState } from "react";
import {
  Icon,
  NotificationIcon,
  NotificationItem,
  RealtimeProvider,
  useClient,
} from "../../../../react/index.ts";
import { LanguageContext, useLanguage, useWords } from "../../language-choice.ts";
import { languages } from "../../languages.ts";
import { Card } from "../../ui/card.tsx";
import { Announcement } from "../announcement.tsx";
import { textFor } from "../announcements.ts";
import { Choices } from "./choices.tsx";
import { type Draft, type Written, wholeTexts, written } from "./draft.ts";

const previewWords = {
  en: {
    title: "As they will see it",
    reader: "Reader of",
    strip: "Above the page",
    toast: "When it comes",
    inbox: "In the inbox",
    sampleTitle: "Title",
    sampleMessage: "Your message",
  },
  th: {
    title: "ตัวอย่างที่ผู้รับจะเห็น",
    reader: "ผู้อ่านภาษา",
    strip: "เหนือหน้าเว็บ",
    toast: "เมื่อมาถึง",
    inbox: "ในกล่องแจ้งเตือน",
    sampleTitle: "หัวข้อ",
    sampleMessage: "ข้อความของคุณ",
  },
};

/** A draft as a reader of each language will see it: above the page, as a toast, in the inbox. */
export function Preview({ draft }: { readonly draft: Draft }) {
  const { language } = useLanguage();
  const words = useWords(previewWords);
  const [reader, setReader] = useState<Written>(language === "th" ? "th" : "en");
  const client = useClient();
  const choice = useMemo(() => ({ language: reader, choose: () => undefined }), [reader]);
  const now = useMemo(() => Date.now(), []);
  const sample = { title: words.sampleTitle, message: words.sampleMessage };
  const texts = wholeTexts(draft);
  const text = textFor(texts, reader) ?? sample;
  const { type, channel, priority } = draft;
  return (
    <Card title={words.title}>
      <Choices
        legend={words.reader}
        kind="radio"
        values={written}
        nameOf={(one) => languages[one]}
        chosen={[reader]}
        choose={([one]) => one && setReader(one)}
      />
      {/* Only to be looked at: nothing in it does anything. */}
      <div className="preview" inert lang={reader}>
        <LanguageContext.Provider value={choice}>
          <RealtimeProvider client={client} locale={reader}>
            <p className="hint">{words.strip}</p>
            <div className="strip">
              <Announcement announced={{ channel, type, at: now, texts: { [reader]: text } }} />
            </div>
            <p className="hint">{words.toast}</p>
            <div className="carillon">
              <div className="carillon-toast" data-priority={priority}>
                <NotificationIcon type="announcement" />
                <div className="carillon-toast-text">
                  <p className="carillon-toast-title">{text.title}</p>
                  <p className="carillon-toast-message">{text.message}</p>
                </div>
                <span className="carillon-icon-button">
                  <Icon name="close" />
                </span>
              </div>
            </div>
            <p className="hint">{words.inbox}</p>
            <ul className="carillon preview-inbox">
              <li className="carillon-item" data-unread>
                <NotificationItem notification={{ ...unread, ...text, priority, createdAt: now }} />
              </li>
            </ul>
          </RealtimeProvider>
        </LanguageContext.Provider>
      </div>
    </Card>
  );
}

const unread = {
  ...{ id: "preview", offset: 0, type: "announcement", data: null },
  ...{ seenAt: null, readAt: null, archivedAt: null },
};
