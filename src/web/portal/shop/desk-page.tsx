import { useMemo } from "react";
import { RelativeTime } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { useStory } from "../portal-context.ts";
import { Card } from "../ui/card.tsx";
import { Chip } from "../ui/chip.tsx";
import { NothingTold } from "../ui/nothing-told.tsx";
import { Page } from "../ui/page.tsx";
import { Row } from "../ui/row.tsx";
import { Stat } from "../ui/stat.tsx";
import { useArrivals } from "../ui/use-arrivals.ts";
import { movedAt, type Order, ordersOf, type Step } from "./orders.ts";
import { stepTones, stepWords } from "./step-words.ts";
import "./shop.css";
import { useFormat } from "../ui/format.ts";

const deskWords = {
  en: {
    title: "Shop desk",
    lead: "New orders and how far they are, as the shop’s systems tell them.",
    unpaid: "Waiting for payment",
    toPack: "To be packed",
    underWay: "Under way",
    newest: "Newest orders",
    none: "No orders yet.",
    someone: "A customer",
  },
  th: {
    title: "จัดการคำสั่งซื้อ",
    lead: "คำสั่งซื้อใหม่และความคืบหน้า ตามที่ระบบของร้านแจ้ง",
    unpaid: "รอชำระเงิน",
    toPack: "รอแพ็กสินค้า",
    underWay: "กำลังจัดส่ง",
    newest: "คำสั่งซื้อล่าสุด",
    none: "ยังไม่มีคำสั่งซื้อ",
    someone: "ลูกค้า",
  },
};

const SHOWN = 12;

/** What the shop's own people see: every customer's orders. */
export default function DeskPage() {
  const words = useWords(deskWords);
  const { status, events } = useStory();
  const orders = useMemo(() => ordersOf(events), [events]);
  const hasArrived = useArrivals(orders.map(rowKey), status === "ready");
  const { number } = useFormat();
  const inState = (...states: readonly Step[]) =>
    status === "ready" ? number(orders.filter((order) => states.includes(order.status)).length) : undefined;
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="stats">
        <Stat icon="card" tone="amber" label={words.unpaid} value={inState("placed")} />
        <Stat icon="clipboard" label={words.toPack} value={inState("paid")} />
        <Stat icon="send" tone="violet" label={words.underWay} value={inState("packed", "shipped")} />
      </div>
      <Card title={words.newest}>
        {orders.length === 0 ? (
          <NothingTold icon="cart" status={status}>
            {words.none}
          </NothingTold>
        ) : (
          <ul className="rows">
            {orders.slice(0, SHOWN).map((order) => (
              <DeskRow
                key={rowKey(order)}
                order={order}
                someone={words.someone}
                isNew={hasArrived(rowKey(order))}
              />
            ))}
          </ul>
        )}
      </Card>
    </Page>
  );
}

/** Another one when the order has moved, so that it is washed in colour again. */
function rowKey({ id, status }: Order): string {
  return `${id} ${status}`;
}

interface DeskRowProps {
  readonly order: Order;
  /** How a customer without a name is called. */
  readonly someone: string;
  readonly isNew: boolean;
}

function DeskRow({ order, someone, isNew }: DeskRowProps) {
  const { money } = useFormat();
  const words = useWords(stepWords);
  return (
    <Row
      icon="cart"
      tone={stepTones[order.status]}
      title={
        <>
          <strong>{order.number}</strong> · {order.customerName ?? someone}
        </>
      }
      note={
        <>
          {order.total !== undefined && `${money(order.total)} · `}
          <RelativeTime at={movedAt(order)} />
        </>
      }
      end={<Chip tone={stepTones[order.status]}>{words[order.status]}</Chip>}
      isNew={isNew}
    />
  );
}
