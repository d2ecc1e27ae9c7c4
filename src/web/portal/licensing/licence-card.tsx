import { RelativeTime } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { Card } from "../ui/card.tsx";
import { Chip } from "../ui/chip.tsx";
import { Icon } from "../ui/icon.tsx";
import type { Licence } from "./licences.ts";
import { toneOfStatus, useStatusWord } from "./status-words.ts";

const cardWords = {
  en: {
    application: (number: string) => `Application ${number}`,
    history: (number: string) => `History of application ${number}`,
    from: (before: string, after: string) => `from ${before} to ${after}`,
  },
  th: {
    application: (number: string) => `คำขอ ${number}`,
    history: (number: string) => `ประวัติของคำขอ ${number}`,
    from: (before: string, after: string) => `จาก${before}เป็น${after}`,
  },
};

export interface LicenceCardProps {
  readonly licence: Licence;
  /** Whether a step has come while somebody looked. */
  readonly hasArrived: (step: string) => boolean;
}

/** One application: where it stands, and how it came there. */
export function LicenceCard({ licence, hasArrived }: LicenceCardProps) {
  const words = useWords(cardWords);
  const say = useStatusWord();
  const { number, status, history } = licence;
  return (
    <Card title={words.application(number)} aside={<Chip tone={toneOfStatus(status)}>{say(status)}</Chip>}>
      <ol className="licence-history" aria-label={words.history(number)}>
        {history.map(({ id, previous, status: next, at }) => (
          <li key={id} className={hasArrived(id) ? "arrived" : undefined} data-tone={toneOfStatus(next)}>
            <p className="licence-step">
              {previous === undefined ? (
                <strong>{say(next)}</strong>
              ) : (
                <>
                  <span className="visually-hidden">{words.from(say(previous), say(next))}</span>
                  <span aria-hidden="true">{say(previous)}</span>
                  <Icon name="arrow" size={16} />
                  <strong aria-hidden="true">{say(next)}</strong>
                </>
              )}
            </p>
            <RelativeTime at={at} className="when" />
          </li>
        ))}
      </ol>
    </Card>
  );
}
