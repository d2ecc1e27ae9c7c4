import * as z from "zod/mini";
import { RelativeTime, useInbox } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import "./licensing.css";

const stripWords = {
  en: { name: "System alerts", none: "No alerts from the office’s systems.", done: "Dismiss" },
  th: { name: "การเตือนของระบบ", none: "ไม่มีการเตือนจากระบบของสำนักงาน", done: "รับทราบ" },
};

const alertData = z.object({ level: z.enum(["info", "warning", "critical"]) });

const tones = { info: "blue", warning: "amber", critical: "red" } as const;

/**
 * What everybody is told of the office's systems: the newest alert that this person has not dismissed, on whichever
 * device. It has its place always, so that nothing below moves when one comes.
 */
export function AlertStrip() {
  const words = useWords(stripWords);
  const { items, markRead } = useInbox();
  const newest = items.find(({ type, readAt }) => type === "alert" && readAt === null);
  const told = alertData.safeParse(newest?.data);
  return (
    <section
      className="alert-strip"
      aria-label={words.name}
      data-tone={newest && tones[told.success ? told.data.level : "warning"]}
    >
      <Icon name={newest ? "alert" : "check"} />
      <div role="status">
        {newest ? (
          <>
            <p>
              <strong>{newest.title}</strong> <RelativeTime at={newest.createdAt} className="when" />
            </p>
            <p>{newest.message}</p>
          </>
        ) : (
          <p className="soft">{words.none}</p>
        )}
      </div>
      {newest && (
        // What could not be marked is still there to be dismissed.
        <Button icon="check" onClick={() => void markRead(newest.id).catch(() => undefined)}>
          <span className="alert-done">{words.done}</span>
        </Button>
      )}
    </section>
  );
}
