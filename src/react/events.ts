import type { Channel, Client, EventMap, Received, Undo } from "../client/api.ts";
import type { KnownEvents } from "../client/known-events.ts";

/**
 * What an application tells this package once, so that the hooks know its events:
 *
 * @example
 * declare module "carillon/react" {
 *   interface Register {
 *     events: { "order:paid": { orderId: string } };
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications add to it
export interface Register {}

/** The data of each event by its name: what was registered, or else what this service is known to send. */
export type Events = Register extends { events: infer Registered extends EventMap }
  ? Registered
  : KnownEvents;

/** The client that the hooks are used with. */
export type RealtimeClient = Client<Events>;

/** A channel of that client. */
export type RealtimeChannel = Channel<Events>;

/** The name of an event. */
export type EventName = keyof Events & string;

/** What is called with each event of a name. */
export type EventListener<Name extends EventName> = (
  data: Events[Name],
  event: Received<Name, Events[Name]>,
) => void;

/** What is called with events of any name. */
export type AnyEventListener = (data: unknown, event: Received) => void;

/** A client or one of its channels, for listening to names that are only known when it runs. */
export interface EventOrigin {
  on(event: string, listener: AnyEventListener): Undo;
}
