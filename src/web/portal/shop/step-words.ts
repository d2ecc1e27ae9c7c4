import type { Tone } from "../ui/tone.ts";
import type { Step } from "./orders.ts";

/** How far an order is, in one or two words. */
export const stepWords: Readonly<Record<"en" | "th", Readonly<Record<Step, string>>>> = {
  en: { placed: "Placed", paid: "Paid", packed: "Packed", shipped: "Shipped", delivered: "Delivered" },
  th: {
    placed: "สั่งซื้อแล้ว",
    paid: "ชำระแล้ว",
    packed: "แพ็กแล้ว",
    shipped: "จัดส่งแล้ว",
    delivered: "ได้รับแล้ว",
  },
};

export const stepTones: Readonly<Record<Step, Tone>> = {
  placed: "amber",
  paid: "blue",
  packed: "blue",
  shipped: "violet",
  delivered: "green",
};
