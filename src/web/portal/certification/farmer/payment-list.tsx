import { RelativeTime } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { Chip } from "../../ui/chip.tsx";
import { Empty } from "../../ui/empty.tsx";
import { useFormat } from "../../ui/format.ts";
import { useArrivals } from "../../ui/use-arrivals.ts";
import { Feed, FeedRow } from "../feed.tsx";
import { isPaid, type Payment } from "./payments.ts";

const listWords = {
  en: {
    label: "Payments",
    empty: "There is nothing to pay.",
    open: "To pay",
    paid: "Paid",
    by: (date: string) => `due ${date}`,
    receipt: (number: string) => `receipt ${number}`,
  },
  th: {
    label: "รายการชำระเงิน",
    empty: "ไม่มีรายการที่ต้องชำระ",
    open: "รอชำระ",
    paid: "ชำระแล้ว",
    by: (date: string) => `ครบกำหนด ${date}`,
    receipt: (number: string) => `ใบเสร็จ ${number}`,
  },
};

export interface PaymentListProps {
  readonly payments: readonly Payment[];
  readonly isReady: boolean;
}

/** Payments, the newest first. One that is paid stays where it stood. */
export function PaymentList({ payments, isReady }: PaymentListProps) {
  const words = useWords(listWords);
  const { money, day } = useFormat();
  const keyOf = ({ id, receipt }: Payment) => `${id} ${receipt}`;
  const hasArrived = useArrivals(payments.map(keyOf), isReady);
  return (
    <Feed label={words.label} reserve={5} isReady={isReady} empty={<Empty icon="card">{words.empty}</Empty>}>
      {payments.map((one) => {
        const about =
          one.receipt === undefined ? one.dueDate && words.by(day(one.dueDate)) : words.receipt(one.receipt);
        return (
          <FeedRow
            key={one.id}
            icon="card"
            tone={isPaid(one) ? "green" : "amber"}
            title={money(one.amount)}
            text={[one.applicationNumber, about].filter((part) => part).join(" · ")}
            end={<Chip tone={isPaid(one) ? "green" : "amber"}>{isPaid(one) ? words.paid : words.open}</Chip>}
            note={<RelativeTime at={one.at} className="number" />}
            isNew={hasArrived(keyOf(one))}
          />
        );
      })}
    </Feed>
  );
}
