import { RelativeTime } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { useArrivals } from "../ui/use-arrivals.ts";
import { examWords } from "./exam-words.ts";
import type { ExamNotice } from "./exams.ts";

export interface NoticeListProps {
  readonly notices: readonly ExamNotice[];
  /** Whether the log has been read. */
  readonly isReady: boolean;
}

/** What everybody of a role has been told. */
export function NoticeList({ notices, isReady }: NoticeListProps) {
  const words = useWords(examWords);
  const hasArrived = useArrivals(
    notices.map(({ id }) => id),
    isReady,
  );
  if (notices.length === 0) return <Empty icon="megaphone">{isReady ? words.noneTold : words.loading}</Empty>;
  return (
    <ul className="rows">
      {notices.map(({ id, title, at }) => (
        <li key={id} className={hasArrived(id) ? "arrived" : undefined}>
          <span className="tile" data-tone="violet">
            <Icon name="megaphone" />
          </span>
          <div className="grow">
            <p>
              <strong>{title}</strong> {words.available}
            </p>
            <RelativeTime at={at} />
          </div>
        </li>
      ))}
    </ul>
  );
}
