import { type ReactNode, useEffect, useState } from "react";
import { names } from "./names.ts";
import { useTexts } from "./provider.tsx";
import { useEvent } from "./use-event.ts";

const defaults = {
  /** ms. */
  duration: 4000,
  events: ["certificate:issued", "payment:confirmed"],
};

const PIECES = 36;

export interface CelebrationProps {
  /** The events that are celebrated, beside those whose data says `celebration: true`. */
  readonly events?: readonly string[] | undefined;
  /** ms: 4,000 unless it is said. */
  readonly duration?: number | undefined;
  /** What is said; congratulations unless it is said. */
  readonly children?: ReactNode;
  readonly className?: string | undefined;
}

/**
 * Confetti, and a word, when something good comes. Who has asked the system for less motion gets the word alone; nothing of it
 * can be clicked or is in the way.
 */
export function Celebration({
  events = defaults.events,
  duration = defaults.duration,
  children,
  className,
}: CelebrationProps) {
  const texts = useTexts();
  const [reason, setReason] = useState<string>();
  useEvent("*", (data, { event, id }) => {
    if (events.includes(event) || isCelebration(data)) setReason(id);
  });
  useEffect(() => {
    if (reason === undefined) return;
    const timer = setTimeout(() => setReason(undefined), duration);
    return () => clearTimeout(timer);
  }, [reason, duration]);
  return (
    <div className={names("carillon", "carillon-celebration", className)} role="status">
      {reason !== undefined && (
        <>
          <Confetti key={reason} />
          <p className="carillon-celebration-word">{children ?? texts.congratulations}</p>
        </>
      )}
    </div>
  );
}

/** Hidden by the stylesheet from who wants less motion. */
function Confetti() {
  return (
    <div className="carillon-confetti" aria-hidden="true">
      {Array.from({ length: PIECES }, (_, piece) => (
        <i
          // biome-ignore lint/suspicious/noArrayIndexKey: they never change
          key={piece}
          data-tone={["blue", "green", "amber", "violet", "red"][piece % 5]}
          style={{
            // Spread without chance, so that it is never bunched up.
            left: `${(piece * 61) % 100}%`,
            animationDelay: `${((piece * 37) % 100) * 8}ms`,
            animationDuration: `${2200 + ((piece * 53) % 100) * 12}ms`,
          }}
        />
      ))}
    </div>
  );
}

function isCelebration(data: unknown): boolean {
  return typeof data === "object" && data !== null && "celebration" in data && data.celebration === true;
}
