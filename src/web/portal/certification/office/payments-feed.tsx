import { RelativeTime } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { useFormat } from "../../ui/format.ts";
import { useArrivals } from "../../ui/use-arrivals.ts";
import { Feed, FeedRow } from "../feed.tsx";
import type { Receipt } from "./desk.ts";

const feedWords = {
  en: {
    title: "Payments",
    today: (sum: string) => `${sum} today`,
    empty: "Payments appear here as they come in.",
  },
  th: {
    title: "การชำระเงิน",
    today: (sum: string) => `วันนี้ ${sum}`,
    empty: "รายการชำระเงินจะแสดงที่นี่เมื่อได้รับ",
  },
};

const SHOWN = 5;

export interface PaymentsFeedProps {
  readonly payments: readonly Receipt[];
  /** Baht. */
  readonly today: number;
  readonly isReady: boolean;
}

/** The last payments that came in, and what they come to today. */
export function PaymentsFeed({ payments, today, isReady }: PaymentsFeedProps) {
  const words = useWords(feedWords);
  const { money } = useFormat();
  const hasArrived = useArrivals(
    payments.map(({ id }) => id),
    isReady,
  );
  return (
    <Card
      title={words.title}
      aside={
        // Another number is another element: one that grows would begin elsewhere.
        <span key={today} className="when number">
          {isReady && words.today(money(today))}
        </span>
      }
    >
      <Feed
        label={words.title}
        reserve={SHOWN}
        isReady={isReady}
        empty={<Empty icon="card">{words.empty}</Empty>}
      >
        {payments.slice(0, SHOWN).map(({ id, farmer, applicationNumber, amount, at }) => (
          <FeedRow
            key={id}
            icon="card"
            tone="green"
            title={farmer}
            text={applicationNumber}
            end={<strong className="number">{money(amount)}</strong>}
            note={<RelativeTime at={at} className="number" />}
            isNew={hasArrived(id)}
          />
        ))}
      </Feed>
    </Card>
  );
}
