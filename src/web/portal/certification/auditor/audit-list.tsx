import { useWords } from "../../language-choice.ts";
import { nameOf } from "../../people.ts";
import { Chip } from "../../ui/chip.tsx";
import { Empty } from "../../ui/empty.tsx";
import { useFormat } from "../../ui/format.ts";
import { useArrivals } from "../../ui/use-arrivals.ts";
import { Feed, FeedRow } from "../feed.tsx";
import type { Audit } from "./audits.ts";

const auditWords = {
  en: {
    scheduled: "Scheduled",
    passed: "Passed",
    failed: "Not passed",
    done: "Completed",
    score: (score: string) => `score ${score}`,
  },
  th: {
    scheduled: "นัดแล้ว",
    passed: "ผ่าน",
    failed: "ไม่ผ่าน",
    done: "เสร็จแล้ว",
    score: (score: string) => `${score} คะแนน`,
  },
};

export interface AuditListProps {
  readonly label: string;
  readonly empty: string;
  readonly audits: readonly Audit[];
  readonly isReady: boolean;
}

export function AuditList({ label, empty, audits, isReady }: AuditListProps) {
  const words = useWords(auditWords);
  const { date, number } = useFormat();
  const hasArrived = useArrivals(
    audits.map(({ id }) => id),
    isReady,
  );
  return (
    <Feed {...{ label, isReady }} reserve={4} empty={<Empty icon="clipboard">{empty}</Empty>}>
      {audits.map(({ id, applicationNumber, farmer, location, date: day, outcome }) => {
        const score = outcome?.score === undefined ? undefined : words.score(number(outcome.score));
        const whose = farmer === undefined ? undefined : nameOf(farmer);
        return (
          <FeedRow
            key={id}
            icon="clipboard"
            tone={outcome ? "green" : "blue"}
            title={[applicationNumber, whose].filter((part) => part).join(" · ")}
            text={[location, score].filter((part) => part).join(" · ")}
            end={outcome ? <Outcome result={outcome.result} /> : <Chip tone="blue">{words.scheduled}</Chip>}
            note={<time dateTime={day}>{date(day)}</time>}
            isNew={hasArrived(id)}
          />
        );
      })}
    </Feed>
  );
}

function Outcome({ result }: { readonly result: string | undefined }) {
  const words = useWords(auditWords);
  if (result === "failed") return <Chip tone="red">{words.failed}</Chip>;
  return <Chip tone="green">{result === "passed" ? words.passed : (result ?? words.done)}</Chip>;
}
