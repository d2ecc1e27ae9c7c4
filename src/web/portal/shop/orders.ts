import * as z from "zod/mini";
import type { Received } from "../../../client/index.ts";

/** The way of an order, in its order. */
export const steps = ["placed", "paid", "packed", "shipped", "delivered"] as const;

export type Step = (typeof steps)[number];

/** A text in one language, or in several by their tags. */
const localText = z.union([z.string(), z.record(z.string(), z.string())]);

export type LocalText = z.infer<typeof localText>;

const line = z.object({ name: localText, quantity: z.number() });

/** What the shop says of an order; an update names what has changed. */
const told = z.object({
  orderId: z.string(),
  orderNumber: z.string(),
  status: z.enum(steps),
  customerName: z.optional(z.string()),
  lines: z.optional(z.array(line)),
  total: z.optional(z.number()),
  trackingNumber: z.optional(z.string()),
});

export interface Order {
  readonly id: string;
  readonly number: string;
  /** The furthest step that was told of. */
  readonly status: Step;
  /** When each step was told of, in ms since 1970. */
  readonly reached: ReadonlyMap<Step, number>;
  readonly customerName?: string | undefined;
  readonly lines: readonly z.infer<typeof line>[];
  /** Baht. */
  readonly total?: number | undefined;
  readonly trackingNumber?: string | undefined;
}

const names: readonly string[] = ["order:placed", "order:updated"];

/** The orders that a log tells of, the one that was placed last first. */
export function ordersOf(events: readonly Received[]): readonly Order[] {
  const orders = new Map<string, Order>();
  for (const { event, data, at } of events) {
    if (!names.includes(event)) continue;
    const { success, data: news } = told.safeParse(data);
    if (!success) continue;
    const before = orders.get(news.orderId);
    // What is told twice was so from the first time on.
    const reached = new Map([[news.status, at], ...(before?.reached ?? [])]);
    orders.set(news.orderId, {
      id: news.orderId,
      number: news.orderNumber,
      status: steps.findLast((step) => reached.has(step)) ?? news.status,
      reached,
      customerName: news.customerName ?? before?.customerName,
      lines: news.lines ?? before?.lines ?? [],
      total: news.total ?? before?.total,
      trackingNumber: news.trackingNumber ?? before?.trackingNumber,
    });
  }
  return [...orders.values()].reverse();
}

/** When an order last moved, in ms since 1970. */
export function movedAt({ reached }: Order): number {
  return Math.max(0, ...reached.values());
}

/** How a product is called in a language, or else in the shop's first. */
export function inLanguage(text: LocalText, language: string): string {
  if (typeof text === "string") return text;
  return text[language] ?? Object.values(text)[0] ?? "";
}
