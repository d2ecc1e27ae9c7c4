import { nameOf } from "../people.ts";
import type { Step } from "../shop/orders.ts";
import { formatFor } from "../ui/format.ts";
import type { Act, Script } from "./act.ts";
import { type Ledger, type LedgerRecord, numberFor } from "./ledger.ts";
import { oneOf } from "./one-of.ts";

type InBoth = Readonly<Record<"en" | "th", string>>;

interface Ware {
  readonly name: InBoth;
  /** Baht. */
  readonly price: number;
}

/** What the shop sells. */
const shelf: readonly [Ware, ...Ware[]] = [
  { name: { en: "Stoneware mug", th: "แก้วเซรามิก" }, price: 290 },
  { name: { en: "Linen apron", th: "ผ้ากันเปื้อนลินิน" }, price: 650 },
  { name: { en: "Bamboo tray", th: "ถาดไม้ไผ่" }, price: 420 },
  { name: { en: "Jasmine rice, 5 kg", th: "ข้าวหอมมะลิ 5 กก." }, price: 235 },
];

const placed = { en: "Order received", th: "ได้รับคำสั่งซื้อแล้ว" };

interface Move {
  readonly to: Exclude<Step, "placed">;
  readonly from: Step;
  readonly icon: Act["icon"];
  readonly label: InBoth;
  readonly title: InBoth;
  readonly message: (number: string) => InBoth;
}

const moves: readonly Move[] = [
  {
    to: "paid",
    from: "placed",
    icon: "card",
    label: { en: "Confirm the payment", th: "ยืนยันการชำระเงิน" },
    title: { en: "Payment received", th: "ได้รับชำระเงินแล้ว" },
    message: (number) => ({
      en: `Order ${number} is being prepared`,
      th: `กำลังเตรียมคำสั่งซื้อ ${number}`,
    }),
  },
  {
    to: "packed",
    from: "paid",
    icon: "clipboard",
    label: { en: "Pack the order", th: "แพ็กสินค้า" },
    title: { en: "Packed", th: "แพ็กสินค้าแล้ว" },
    message: (number) => ({
      en: `Order ${number} is waiting for the courier`,
      th: `คำสั่งซื้อ ${number} รอบริษัทขนส่งมารับ`,
    }),
  },
  {
    to: "shipped",
    from: "packed",
    icon: "send",
    label: { en: "Hand it to the courier", th: "ส่งมอบให้ขนส่ง" },
    title: { en: "On its way", th: "กำลังจัดส่ง" },
    message: (number) => ({
      en: `Order ${number} is on its way to you`,
      th: `คำสั่งซื้อ ${number} กำลังเดินทางไปหาคุณ`,
    }),
  },
  {
    to: "delivered",
    from: "shipped",
    icon: "check",
    label: { en: "Deliver it", th: "ส่งถึงผู้รับ" },
    title: { en: "Delivered", th: "จัดส่งถึงแล้ว" },
    message: (number) => ({
      en: `Order ${number} has arrived. Enjoy!`,
      th: `คำสั่งซื้อ ${number} ถึงแล้ว ขอบคุณที่อุดหนุน`,
    }),
  },
];

const link = { actionUrl: "/#/orders", actionText: { en: "See the order", th: "ดูคำสั่งซื้อ" } };

/** Other administrators of the demo have no part in the shop. */
const desk = { to: { channels: ["admin:notifications"] }, only: { tenants: ["shop"] } };

function place(ledger: Ledger, owner: string): ReturnType<Act["play"]> {
  const lines = [...new Set([oneOf(shelf), oneOf(shelf)])].map((ware) => ({
    ...ware,
    quantity: oneOf([1, 2, 3]),
  }));
  const total = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const number = numberFor("SO");
  const { id } = ledger.write({
    ...{ kind: "order", id: crypto.randomUUID(), owner, label: number, state: "placed", count: total },
  });
  const data = { orderId: id, orderNumber: number, status: "placed", total };
  const message = (language: "en" | "th") => `${number} · ${formatFor(language).money(total)}`;
  const both = { en: message("en"), th: message("th") };
  return [
    {
      event: "order:placed",
      data: { ...data, lines: lines.map(({ name, quantity }) => ({ name, quantity })) },
      to: { users: [owner] },
      notification: { type: "order", title: placed, message: both, ...link },
    },
    {
      event: "order:placed",
      data: { ...data, customerName: nameOf(owner) },
      ...desk,
      notification: {
        type: "order",
        title: { en: "New order", th: "คำสั่งซื้อใหม่" },
        message: both,
        actionUrl: "/#/desk",
      },
    },
  ];
}

function advance(ledger: Ledger, order: LedgerRecord, move: Move): ReturnType<Act["play"]> {
  ledger.write({ ...order, state: move.to });
  const data = {
    ...{ orderId: order.id, orderNumber: order.label, status: move.to },
    ...(move.to === "shipped" && { trackingNumber: numberFor("TH") }),
  };
  const { title, message } = move;
  return [
    {
      ...{ event: "order:updated", data, to: { users: [order.owner] } },
      notification: { type: "order", title, message: message(order.label), ...link },
    },
    { event: "order:updated", data, ...desk },
  ];
}

const news: Act = {
  id: "news",
  icon: "megaphone",
  label: { en: "Tell every customer of a sale", th: "แจ้งลูกค้าทุกคนเรื่องลดราคา" },
  play: () => [
    {
      ...{ event: "shop:news", data: null, to: { channels: ["announcements"] } },
      only: { roles: ["customer"] },
      notification: {
        type: "announcement",
        title: { en: "Weekend sale", th: "ลดราคาสุดสัปดาห์" },
        message: { en: "20% off everything until Sunday", th: "ลด 20% ทุกชิ้นถึงวันอาทิตย์นี้" },
      },
    },
  ],
};

/** What the shop's queue worker does. */
export const shopScript: Script = {
  about: ["customer"],
  acts: [
    { id: "place", icon: "cart", label: { en: "Place an order", th: "สั่งซื้อสินค้า" }, play: place },
    ...moves.map(
      (move): Act => ({
        id: move.to,
        icon: move.icon,
        label: move.label,
        isPossible: (ledger, owner) => ledger.newest("order", owner, move.from) !== undefined,
        play: (ledger, owner) => {
          const order = ledger.newest("order", owner, move.from);
          return order ? advance(ledger, order, move) : [];
        },
      }),
    ),
    news,
  ],
};
