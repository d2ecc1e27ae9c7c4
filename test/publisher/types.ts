import {
  createPublisher,
  type EventResult,
  type KnownEvents,
  type PublishedEvent,
  requireEveryTarget,
} from "../../src/publisher/index.ts";

// Nothing here is run: it is compiled by `npm run check`, and each expected error must be one.

const carillon = createPublisher({ url: "https://carillon.example", key: "a-key" });
const payment = {
  farmerId: "42",
  paymentId: "p1",
  applicationNumber: "A-1",
  amount: 5000,
  farmerName: "สมชาย",
  receiptNumber: "R-1",
};

export async function known(): Promise<EventResult> {
  await carillon.publish({ event: "payment:confirmed", data: payment, id: "pay_1", ttl: 60 });
  // Fields with a default, and those that may be absent, are left out.
  await carillon.publish({ event: "system:announcement", data: { title: "Now", message: "Hear" } });
  await carillon.publish({ event: "payment:created", data: { ...payment, dueDate: null } });
  return requireEveryTarget(await carillon.publish({ event: "payment:confirmed", data: payment }));
}

export async function wronglyKnown(): Promise<void> {
  // @ts-expect-error the amount is a number
  await carillon.publish({ event: "payment:confirmed", data: { ...payment, amount: "5000" } });
  const { receiptNumber: _, ...unreceipted } = payment;
  // @ts-expect-error receiptNumber is missing
  await carillon.publish({ event: "payment:confirmed", data: unreceipted });
  // @ts-expect-error there is no field of this name
  await carillon.publish({ event: "system:announcement", data: { title: "T", message: "M", colour: 1 } });
  await carillon.publish({
    event: "system:announcement",
    // @ts-expect-error there is no such priority
    data: { title: "T", message: "M", priority: "top" },
  });
  // @ts-expect-error the data is missing
  await carillon.publish({ event: "payment:confirmed" });
  // @ts-expect-error no such event is known, and it has no targets
  await carillon.publish({ event: "payment:confirmd", data: payment });
  // @ts-expect-error the same holds in a batch
  await carillon.publishBatch([{ event: "payment:confirmed", data: {} }]);
}

export async function addressed(): Promise<readonly EventResult[]> {
  // What names its targets has the data that its listeners expect, whatever its name is.
  await carillon.publish({ event: "payment:confirmed", data: { amount: 1 }, to: { users: ["42"] } });
  return carillon.publishBatch([
    { event: "greeting", to: { everyone: true }, only: { roles: ["ADMIN"] }, except: { user: "42" } },
    { event: "payment:confirmed", data: payment },
  ]);
}

export async function wronglyAddressed(): Promise<void> {
  // @ts-expect-error it names nobody
  await carillon.publish({ event: "greeting", data: {} });
  // @ts-expect-error users are ids, not numbers
  await carillon.publish({ event: "greeting", to: { users: [42] } });
  // @ts-expect-error there is no such target
  await carillon.publish({ event: "greeting", to: { user: ["42"] } });
  // @ts-expect-error a notification has a message
  await carillon.publish({ event: "x", to: { users: ["42"] }, notification: { type: "t", title: "T" } });
  // @ts-expect-error there is no such option
  await carillon.publish({ event: "x", to: { users: ["42"] }, priority: "high" });
}

/** Either kind, as a function that wraps the publisher takes it. */
export function wrapped(event: PublishedEvent<KnownEvents>): Promise<EventResult> {
  return carillon.publish(event);
}

interface OtherEvents {
  readonly "order:paid": { readonly orderId: string };
}

export async function ofAnotherService(): Promise<void> {
  const other = createPublisher<OtherEvents>({ url: "https://other.example", key: "a-key" });
  await other.publish({ event: "order:paid", data: { orderId: "1" } });
  // @ts-expect-error orderId is missing
  await other.publish({ event: "order:paid", data: {} });
  // @ts-expect-error that one is not known there
  await other.publish({ event: "payment:confirmed", data: payment });
}

export function results({ targets }: EventResult): void {
  for (const target of targets) {
    if (target.status === "failed") target.code satisfies string;
    else target.offset satisfies number | undefined;
    // @ts-expect-error only a target that failed has a code
    target.code satisfies string;
  }
}
