import "./clinic.css";
import { AnnouncementSubscriber } from "../../../react/index.ts";
import { useLanguage, useWords } from "../language-choice.ts";
import { usePortal, useStory } from "../portal-context.ts";
import { Icon } from "../ui/icon.tsx";
import { Announcement } from "./announcement.tsx";
import { announcementsOf, textFor } from "./announcements.ts";
import { CriticalWatch } from "./critical-watch.tsx";
import { useDismissed } from "./use-dismissed.ts";

const stripWords = {
  en: { label: "Announcements and critical alerts", none: "No announcements" },
  th: { label: "ประกาศและการเตือนระดับวิกฤต", none: "ไม่มีประกาศ" },
};

/** ms after which an announcement is no news any more. */
const NEWS = 24 * 60 * 60 * 1000;

/**
 * Above every page of the clinic's staff: the newest announcement, until it is put away, and the critical alerts of their
 * clinics. It has its place when there is nothing, so that nothing moves when something comes.
 */
export default function Strip() {
  const { session } = usePortal();
  const { language } = useLanguage();
  const words = useWords(stripWords);
  const announced = announcementsOf(useStory().events);
  const [dismissed, dismiss] = useDismissed(session.user);
  const [newest] = announced;
  const isNews = newest && newest.id !== dismissed && Date.now() - newest.at < NEWS;
  return (
    <section className="strip" aria-label={words.label}>
      {isNews ? (
        <Announcement key={newest.id} announced={newest} dismiss={() => dismiss(newest.id)} />
      ) : (
        <p className="strip-empty">
          <Icon name="megaphone" size={18} />
          {words.none}
        </p>
      )}
      <AnnouncementSubscriber events={["ANNOUNCEMENT"]}>
        {({ id, message }) => {
          const told = announced.find((one) => one.id === id);
          return (
            <p className="visually-hidden" role="status">
              {(told && textFor(told.texts, language)?.message) ?? message}
            </p>
          );
        }}
      </AnnouncementSubscriber>
      <div className="strip-alerts">
        {session.tenants.map((clinic) => (
          <CriticalWatch key={clinic} clinic={clinic} />
        ))}
      </div>
    </section>
  );
}
