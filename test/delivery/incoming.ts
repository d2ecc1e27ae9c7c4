import type { IncomingEvent } from "../../src/delivery/event.ts";

/** An event to be delivered, of which only what matters to the test is said. */
export function incoming(said: Partial<IncomingEvent> = {}): IncomingEvent {
  return {
    id: "e1",
    isOwnId: false,
    event: "order:paid",
    data: "null",
    users: [],
    reach: undefined,
    notification: undefined,
    channels: [],
    aim: undefined,
    store: true,
    ttl: undefined,
    ...said,
  };
}
