import { useTexts } from "../../../react/index.ts";
import { useLanguage, useWords } from "../language-choice.ts";
import { useFormat } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { ToolButton } from "../ui/tool-button.tsx";
import { type Announced, textFor, toneOfType } from "./announcements.ts";

const announcementWords = {
  en: { announcements: "Announcement", maintenance: "Maintenance" },
  th: { announcements: "ประกาศ", maintenance: "ปิดปรับปรุงระบบ" },
};

export interface AnnouncementProps {
  readonly announced: Pick<Announced, "channel" | "type" | "texts" | "at">;
  /** Puts it away; nothing where it is only to be looked at. */
  readonly dismiss?: (() => void) | undefined;
}

/** One announcement in the reader's language. */
export function Announcement({ announced, dismiss }: AnnouncementProps) {
  const { language } = useLanguage();
  const words = useWords(announcementWords);
  const { time } = useFormat();
  const texts = useTexts();
  const { channel, type, at } = announced;
  const { title, message = "" } = textFor(announced.texts, language) ?? {};
  return (
    <div className="announcement arrived">
      <span className="tile" data-tone={toneOfType[type]}>
        <Icon name={channel === "maintenance" ? "clock" : "megaphone"} size={18} />
      </span>
      <p className="announcement-text" title={`${title ?? words[channel]} – ${message}`}>
        <strong>{title ?? words[channel]}</strong> {message}{" "}
        <time className="when" dateTime={new Date(at).toISOString()}>
          {time(at)}
        </time>
      </p>
      {dismiss && <ToolButton icon="close" size={18} label={texts.dismiss} onClick={dismiss} />}
    </div>
  );
}
