import { useLanguage, useWords } from "../language-choice.ts";
import type { StoryView } from "../story.ts";
import { Chip } from "../ui/chip.tsx";
import { useFormat } from "../ui/format.ts";
import { NothingTold } from "../ui/nothing-told.tsx";
import { Row } from "../ui/row.tsx";
import { useArrivals } from "../ui/use-arrivals.ts";
import { dueMoment, timeLeft, toneOf } from "./due.ts";
import { examWords } from "./exam-words.ts";
import type { Exam } from "./exams.ts";

export interface AssignedListProps {
  readonly exams: readonly Exam[];
  /** ms since 1970. */
  readonly now: number;
  readonly status: StoryView["status"];
}

/** The exams of one student, with how long there is for each. */
export function AssignedList({ exams, now, status }: AssignedListProps) {
  const words = useWords(examWords);
  const hasArrived = useArrivals(exams.map(rowKey), status === "ready");
  if (exams.length === 0)
    return (
      <NothingTold icon="book" status={status}>
        {words.noneAssigned}
      </NothingTold>
    );
  return (
    <ul className="rows">
      {exams.map((exam) => (
        <AssignedExam key={rowKey(exam)} exam={exam} now={now} isNew={hasArrived(rowKey(exam))} />
      ))}
    </ul>
  );
}

/** Another one when something about the exam was told anew. */
function rowKey({ id, dueAt, isPublished }: Exam): string {
  return `${id} ${dueAt} ${isPublished}`;
}

interface AssignedExamProps {
  readonly exam: Exam;
  readonly now: number;
  readonly isNew: boolean;
}

function AssignedExam({ exam, now, isNew }: AssignedExamProps) {
  const { language } = useLanguage();
  const words = useWords(examWords);
  const { number, date } = useFormat();
  const due = dueMoment(exam.dueAt);
  const questions = words.questions(number(exam.questions), exam.questions !== 1);
  return (
    <Row
      icon="book"
      tone={toneOf(due, now)}
      title={<strong>{exam.title}</strong>}
      note={`${questions} · ${words.due(date(exam.dueAt))}`}
      end={
        <span className="exam-states">
          {exam.isPublished && <Chip tone="green">{words.published}</Chip>}
          <Chip tone={toneOf(due, now)}>{timeLeft(due, now, language) ?? words.closed}</Chip>
        </span>
      }
      isNew={isNew}
      className="exam"
    />
  );
}
