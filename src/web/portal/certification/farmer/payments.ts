import type { Heard } from "../heard.ts";

export interface Payment {
  readonly id: string;
  readonly applicationNumber: string;
  /** Baht. */
  readonly amount: number;
  readonly dueDate: string | undefined;
  /** Nothing while it is open. */
  readonly receipt: string | undefined;
  /** When it was last heard of, in ms since 1970. */
  readonly at: number;
}

/** A farmer's payments as far as the log tells, the newest first; one that is paid keeps its place. */
export function paymentsOf(events: readonly Heard[]): readonly Payment[] {
  const byId = new Map<string, Payment>();
  for (const { event, data, at } of events) {
    if (event === "payment:created") {
      const { paymentId: id, applicationNumber, amount, dueDate } = data;
      byId.set(id, {
        ...{ id, applicationNumber, amount, at },
        dueDate: dueDate ?? undefined,
        receipt: undefined,
      });
    } else if (event === "payment:confirmed") {
      const { paymentId: id, applicationNumber, amount, receiptNumber: receipt } = data;
      byId.set(id, { ...{ id, applicationNumber, amount, at }, dueDate: byId.get(id)?.dueDate, receipt });
    }
  }
  return [...byId.values()].reverse();
}

export function isPaid({ receipt }: Payment): boolean {
  return receipt !== undefined;
}
