import { useMemo } from "react";
import { NotificationPanel, useInbox } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { useStory } from "../portal-context.ts";
import { Card } from "../ui/card.tsx";
import { Icon } from "../ui/icon.tsx";
import { NothingTold } from "../ui/nothing-told.tsx";
import { Page } from "../ui/page.tsx";
import { Stat } from "../ui/stat.tsx";
import { useArrivals } from "../ui/use-arrivals.ts";
import { OrderCard } from "./order-card.tsx";
import { type Order, ordersOf } from "./orders.ts";
import "./shop.css";
import { useFormat } from "../ui/format.ts";

const ordersWords = {
  en: {
    title: "My orders",
    lead: "Your orders and everything the shop has told you, the same on each of your devices.",
    underWay: "Orders under way",
    delivered: "Delivered",
    unread: "Unread notifications",
    none: "You have not ordered anything yet.",
    orders: "Orders",
  },
  th: {
    title: "คำสั่งซื้อของฉัน",
    lead: "คำสั่งซื้อและทุกเรื่องที่ร้านแจ้งถึงคุณ เห็นตรงกันบนทุกอุปกรณ์",
    underWay: "คำสั่งซื้อที่ดำเนินการอยู่",
    delivered: "ได้รับสินค้าแล้ว",
    unread: "การแจ้งเตือนที่ยังไม่อ่าน",
    none: "คุณยังไม่มีคำสั่งซื้อ",
    orders: "คำสั่งซื้อ",
  },
};

/** As many as one looks over; older ones are history. */
const SHOWN = 10;

const icons = { order: <Icon name="cart" /> };

/** What a customer sees of their orders, with their inbox beside it. */
export default function OrdersPage() {
  const words = useWords(ordersWords);
  const { status, events } = useStory();
  const { counts } = useInbox();
  const orders = useMemo(() => ordersOf(events), [events]);
  const hasArrived = useArrivals(orders.map(cardKey), status === "ready");
  const { number } = useFormat();
  const delivered = orders.filter((order) => order.status === "delivered").length;
  const isKnown = status === "ready";
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="stats">
        <Stat
          icon="cart"
          label={words.underWay}
          value={isKnown ? number(orders.length - delivered) : undefined}
        />
        <Stat
          icon="check"
          tone="green"
          label={words.delivered}
          value={isKnown ? number(delivered) : undefined}
        />
        <Stat icon="bell" tone="violet" label={words.unread} value={number(counts.unread)} />
      </div>
      <div className="shop-columns">
        <div className="order-list">
          {orders.slice(0, SHOWN).map((order) => (
            <OrderCard key={order.id} order={order} isNew={hasArrived(cardKey(order))} />
          ))}
          {orders.length === 0 && (
            <Card title={words.orders}>
              <NothingTold icon="cart" status={status}>
                {words.none}
              </NothingTold>
            </Card>
          )}
        </div>
        <div className="shop-inbox">
          <NotificationPanel icons={icons} />
        </div>
      </div>
    </Page>
  );
}

/** Another one when the order has moved. */
function cardKey({ id, status }: Order): string {
  return `${id} ${status}`;
}
