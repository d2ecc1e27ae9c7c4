import { useMemo } from "react";
import { useNow } from "../../../react/index.ts";
import { useLanguage, useWords } from "../language-choice.ts";
import { useStory } from "../portal-context.ts";
import { Card } from "../ui/card.tsx";
import { Page } from "../ui/page.tsx";
import { Stat } from "../ui/stat.tsx";
import { AssignedList } from "./assigned-list.tsx";
import { amountLeft, byDue, dueMoment } from "./due.ts";
import { examWords } from "./exam-words.ts";
import { examsOf } from "./exams.ts";
import { NoticeList } from "./notice-list.tsx";
import "./exams.css";
import { useFormat } from "../ui/format.ts";

/** Rows. */
const SHOWN = 20;

/** What a student sees of the exam bank. */
export default function ExamsPage() {
  const { language } = useLanguage();
  const words = useWords(examWords);
  const { status, events } = useStory();
  const { assigned, notices } = useMemo(() => examsOf(events), [events]);
  const now = useNow() ?? 0;
  const exams = assigned.toSorted(byDue(now));
  const open = exams.filter(({ dueAt }) => dueMoment(dueAt) > now);
  const [next] = open;
  const { number } = useFormat();
  const isKnown = status === "ready";
  const nextDue = next && amountLeft(dueMoment(next.dueAt), now, language);
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="stats">
        <Stat icon="book" label={words.open} value={isKnown ? number(open.length) : undefined} />
        <Stat
          icon="clock"
          tone="amber"
          label={words.next}
          value={isKnown ? (nextDue ?? words.nothingDue) : undefined}
        />
        <Stat
          icon="megaphone"
          tone="violet"
          label={words.notices}
          value={isKnown ? number(notices.length) : undefined}
        />
      </div>
      <div className="exam-columns">
        <Card title={words.assigned}>
          <AssignedList exams={exams.slice(0, SHOWN)} now={now} status={status} />
        </Card>
        <Card title={words.toStudents}>
          <NoticeList notices={notices.slice(0, SHOWN)} status={status} />
        </Card>
      </div>
    </Page>
  );
}
