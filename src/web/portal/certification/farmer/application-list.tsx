import { RelativeTime } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { Empty } from "../../ui/empty.tsx";
import { useArrivals } from "../../ui/use-arrivals.ts";
import { Feed, FeedRow } from "../feed.tsx";
import { StatusChip } from "../status-chip.tsx";
import { toneOf } from "../status-words.ts";
import { type Application, statusOf } from "./applications.ts";

const listWords = {
  en: { label: "Applications", empty: "No applications yet." },
  th: { label: "คำขอ", empty: "ยังไม่มีคำขอ" },
};

export interface ApplicationListProps {
  readonly applications: readonly Application[];
  readonly isReady: boolean;
  readonly reserve: number;
  /** What stands before an application's id in the address of its page. */
  readonly to: string;
}

/** Applications, each with how far it has come, and the way to its page. */
export function ApplicationList({ applications, isReady, reserve, to }: ApplicationListProps) {
  const words = useWords(listWords);
  const keyOf = (one: Application) => `${one.id} ${statusOf(one)}`;
  const hasArrived = useArrivals(applications.map(keyOf), isReady);
  return (
    <Feed
      label={words.label}
      reserve={reserve}
      isReady={isReady}
      empty={<Empty icon="file">{words.empty}</Empty>}
    >
      {applications.map((one) => (
        <FeedRow
          key={one.id}
          icon="file"
          tone={toneOf(statusOf(one))}
          title={one.number}
          text={one.standard ?? ""}
          end={<StatusChip status={statusOf(one)} />}
          note={<RelativeTime at={one.at} className="number" />}
          href={`${to}/${encodeURIComponent(one.id)}`}
          isNew={hasArrived(keyOf(one))}
        />
      ))}
    </Feed>
  );
}
