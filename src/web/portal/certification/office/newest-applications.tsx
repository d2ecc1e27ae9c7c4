import { RelativeTime } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { useArrivals } from "../../ui/use-arrivals.ts";
import { Feed, FeedRow } from "../feed.tsx";
import { StatusChip } from "../status-chip.tsx";
import { toneOf } from "../status-words.ts";
import type { DeskApplication } from "./desk.ts";

const newestWords = {
  en: { title: "Newest applications", empty: "Applications appear here as farmers hand them in." },
  th: { title: "คำขอล่าสุด", empty: "คำขอใหม่จะแสดงที่นี่เมื่อเกษตรกรยื่นเข้ามา" },
};

const SHOWN = 10;

export interface NewestApplicationsProps {
  readonly applications: readonly DeskApplication[];
  readonly isReady: boolean;
}

/** The ten newest applications, each with what was decided. */
export function NewestApplications({ applications, isReady }: NewestApplicationsProps) {
  const words = useWords(newestWords);
  const keyOf = ({ id, status }: DeskApplication) => `${id} ${status}`;
  const hasArrived = useArrivals(applications.map(keyOf), isReady);
  return (
    <Card title={words.title}>
      <Feed
        label={words.title}
        reserve={SHOWN}
        isReady={isReady}
        empty={<Empty icon="file">{words.empty}</Empty>}
      >
        {applications.slice(0, SHOWN).map((one) => (
          <FeedRow
            key={one.id}
            icon="file"
            tone={toneOf(one.status)}
            title={one.number}
            text={[one.farmer, one.reason, one.standard, one.farm].filter((part) => part).join(" · ")}
            end={<StatusChip status={one.status} />}
            note={<RelativeTime at={one.at} className="number" />}
            isNew={hasArrived(keyOf(one))}
          />
        ))}
      </Feed>
    </Card>
  );
}
