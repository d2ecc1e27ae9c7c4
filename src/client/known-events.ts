import type { cursor, note, typing } from "../config/client-events.ts";
import type { EventData, EventName } from "../config/events.ts";
import type { routes } from "../config/routes.ts";
import type { Counts, InboxNotification, Mark } from "./api.ts";

type Routes = typeof routes;

/** One delivery of the routing table, and the event that it is made of. */
type Deliveries = {
  [Name in keyof Routes & EventName]: {
    [One in keyof Routes[Name]]: { readonly of: Name; readonly delivery: Routes[Name][One] };
  }[keyof Routes[Name]];
}[keyof Routes & EventName];

/** The name under which a delivery goes out. */
type NameOut<Of extends EventName, Delivery> = Delivery extends { readonly event: infer Name extends string }
  ? Name
  : Of;

/** What it carries: the fields that it picks, or all, and what it adds. */
type DataOut<Of extends EventName, Delivery> = Picked<Of, Delivery> &
  (Delivery extends { readonly add: infer Added } ? Added : unknown);
type Picked<Of extends EventName, Delivery> = Delivery extends { readonly pick: readonly (infer Field)[] }
  ? Pick<EventData<Of>, Field & keyof EventData<Of>>
  : EventData<Of>;

type Routed = {
  readonly [One in Deliveries as NameOut<One["of"], One["delivery"]>]: DataOut<One["of"], One["delivery"]>;
};

/** Events that no route speaks of, as a publisher names them. */
type Unrouted = { readonly [Name in Exclude<EventName, keyof Routed>]: EventData<Name> };

type DataOf<Event> = Event extends { readonly schema: { readonly _output: infer Data } } ? Data : unknown;

/** What clients publish by themselves. */
interface ByClients {
  readonly typing: DataOf<typeof typing>;
  readonly note: DataOf<typeof note>;
  readonly cursor: DataOf<typeof cursor>;
}

type Which = { readonly ids: readonly string[] } | { readonly all: true; readonly upTo: number };

/** What the service tells by itself: of the inbox, and of who is online. */
interface ByTheService {
  readonly "notification:new": InboxNotification & { readonly replaces?: string; readonly counts: Counts };
  readonly "notification:updated": Which & {
    readonly as: Exclude<Mark, "deleted">;
    readonly at: number;
    readonly counts: Counts;
  };
  readonly "notification:deleted": Which & { readonly counts: Counts };
  readonly "notification:read": { readonly id: string; readonly readAt: number };
  readonly "unread:count": { readonly count: number };
  readonly "user:presence": {
    readonly userId: string;
    readonly status: "online" | "offline";
    readonly timestamp: number;
  };
}

/** The data of each event that this service is known to send, by its name: made from `src/config`. */
export type KnownEvents = Routed & Unrouted & ByClients & ByTheService;
