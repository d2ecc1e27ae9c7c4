import { useMemo } from "react";
import { RelativeTime, useInbox } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { useStory } from "../portal-context.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Chip } from "../ui/chip.tsx";
import { useFormat } from "../ui/format.ts";
import { NothingTold } from "../ui/nothing-told.tsx";
import { Page } from "../ui/page.tsx";
import { Row } from "../ui/row.tsx";
import { Stat } from "../ui/stat.tsx";
import { useArrivals } from "../ui/use-arrivals.ts";
import { AlertStrip } from "./alert-strip.tsx";
import { type Assignment, assignmentsOf } from "./licences.ts";

const assignedWords = {
  en: {
    title: "Assigned to me",
    lead: "Applications that are yours to handle. What you take note of is noted on all your devices.",
    fresh: "New",
    noted: "Taken note of",
    all: "Assigned in all",
    list: "Applications",
    by: (name: string) => `assigned by ${name}`,
    take: "Take note",
    takeOf: (number: string) => `Take note of ${number}`,
    none: "No application is assigned to you.",
  },
  th: {
    title: "งานที่ได้รับมอบหมาย",
    lead: "คำขอที่อยู่ในความดูแลของคุณ เมื่อรับทราบแล้วจะแสดงตรงกันบนทุกอุปกรณ์",
    fresh: "ใหม่",
    noted: "รับทราบแล้ว",
    all: "ได้รับมอบหมายทั้งหมด",
    list: "คำขอ",
    by: (name: string) => `มอบหมายโดย ${name}`,
    take: "รับทราบ",
    takeOf: (number: string) => `รับทราบ ${number}`,
    none: "ยังไม่มีคำขอที่มอบหมายให้คุณ",
  },
};

const SHOWN = 20;

/** What an officer sees: the applications to handle. One is new while its notification is unread. */
export default function AssignedPage() {
  const words = useWords(assignedWords);
  const { status, events } = useStory();
  const { items, markRead } = useInbox();
  const assignments = useMemo(() => assignmentsOf(events), [events]);
  const hasArrived = useArrivals(
    assignments.map(({ id }) => id),
    status === "ready",
  );
  const unread = new Set(items.filter(({ readAt }) => readAt === null).map(({ id }) => id));
  const fresh = assignments.filter(({ id }) => unread.has(id)).length;
  const format = useFormat();
  const number = (value: number) => (status === "ready" ? format.number(value) : undefined);
  return (
    <Page title={words.title} lead={words.lead}>
      <AlertStrip />
      <div className="stats">
        <Stat icon="bell" tone="amber" label={words.fresh} value={number(fresh)} />
        <Stat icon="check" tone="green" label={words.noted} value={number(assignments.length - fresh)} />
        <Stat icon="clipboard" label={words.all} value={number(assignments.length)} />
      </div>
      <Card title={words.list}>
        {assignments.length === 0 ? (
          <NothingTold icon="clipboard" status={status}>
            {words.none}
          </NothingTold>
        ) : (
          <ul className="rows">
            {assignments.slice(0, SHOWN).map((assignment) => (
              <AssignedRow
                key={assignment.id}
                assignment={assignment}
                isNew={unread.has(assignment.id)}
                isArrival={hasArrived(assignment.id)}
                // What could not be marked is still new.
                take={() => void markRead(assignment.id).catch(() => undefined)}
              />
            ))}
          </ul>
        )}
      </Card>
    </Page>
  );
}

interface AssignedRowProps {
  readonly assignment: Assignment;
  readonly isNew: boolean;
  /** It has come while somebody looked. */
  readonly isArrival: boolean;
  readonly take: () => void;
}

function AssignedRow({ assignment: { number, by, at }, isNew, isArrival, take }: AssignedRowProps) {
  const words = useWords(assignedWords);
  return (
    <Row
      icon="stamp"
      tone={isNew ? "amber" : "grey"}
      title={<strong>{number}</strong>}
      note={
        <>
          {by !== undefined && `${words.by(by)} · `}
          <RelativeTime at={at} />
        </>
      }
      end={
        isNew ? (
          <Button icon="check" aria-label={words.takeOf(number)} onClick={take}>
            {words.take}
          </Button>
        ) : (
          <Chip>{words.noted}</Chip>
        )
      }
      isNew={isArrival}
      className="assigned"
    />
  );
}
