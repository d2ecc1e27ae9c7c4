import { RelativeTime } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import type { StoryView } from "../story.ts";
import { NothingTold } from "../ui/nothing-told.tsx";
import { Row } from "../ui/row.tsx";
import { useArrivals } from "../ui/use-arrivals.ts";
import { examWords } from "./exam-words.ts";
import type { ExamNotice } from "./exams.ts";

export interface NoticeListProps {
  readonly notices: readonly ExamNotice[];
  readonly status: StoryView["status"];
}

/** What everybody of a role has been told. */
export function NoticeList({ notices, status }: NoticeListProps) {
  const words = useWords(examWords);
  const hasArrived = useArrivals(
    notices.map(({ id }) => id),
    status === "ready",
  );
  if (notices.length === 0)
    return (
      <NothingTold icon="megaphone" status={status}>
        {words.noneTold}
      </NothingTold>
    );
  return (
    <ul className="rows">
      {notices.map(({ id, title, at }) => (
        <Row
          key={id}
          icon="megaphone"
          tone="violet"
          title={
            <>
              <strong>{title}</strong> {words.available}
            </>
          }
          note={<RelativeTime at={at} />}
          isNew={hasArrived(id)}
        />
      ))}
    </ul>
  );
}
