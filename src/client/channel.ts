import type { Channel, EventMap, PresenceView, Received } from "./api.ts";
import { type Complaint, createListeners, tellEvent } from "./emitter.ts";
import type { Outgoing } from "./frame.ts";
import type { Logs } from "./logs.ts";
import { randomId } from "./random-id.ts";
import type { Rooms } from "./rooms.ts";
import type { StandIn } from "./stand-in.ts";
import { createValue, type Value } from "./value.ts";

/** What a channel needs of its client. */
export interface ChannelHost {
  readonly logs: Logs;
  readonly rooms: StandIn<Rooms>;
  readonly complain: Complaint;
}

/** What is known of a channel from the start. The part for rooms goes on with it. */
export interface ChannelFront {
  readonly name: string;
  readonly members: Value<PresenceView>;
  readonly typists: Value<readonly string[]>;
  /** How many want it followed. */
  wanted: number;
  /** What this client said of itself last, to be said again when it has come back. */
  said: unknown;
}

/** A channel, and what its client tells it. */
export interface ClientChannel extends Channel<EventMap> {
  /** An event of this channel, at its place. */
  hear(event: Received): void;
  /** Somebody else is here now: nothing is known any more of who is there, and nothing is said again. */
  forget(): void;
}

/** Nothing is known of who is there. */
export const unknown: PresenceView = { members: new Map(), count: 0, isNamed: false };

/**
 * One channel, as long as its client. It tells its listeners by itself; to be followed, and to be sent to, it waits for the
 * part for rooms, which is fetched with the first that is.
 */
export function createChannel(name: string, { logs, rooms, complain }: ChannelHost): ClientChannel {
  const listeners = createListeners<[unknown, Received]>(complain);
  const members = createValue(unknown, complain);
  const typists = createValue<readonly string[]>([], complain);
  const front: ChannelFront = { name, members, typists, wanted: 0, said: null };
  /** Another one for each person. */
  let life = {};

  /** In its turn, after a request to follow the room. */
  const send = (frame: Outgoing) => rooms.ask(({ put }) => put(frame), true);
  /** Where it cannot be said soon, or by who types, it is not said. */
  const type = (verb: "start" | "stop") =>
    void rooms.ask(async ({ of }) => of(front).typing[verb]()).catch(() => undefined);

  return {
    name,
    presence: {
      ...members,
      async set(state) {
        front.said = state;
        await send({ type: "presence", channel: name, state });
      },
    },
    typing: typists,
    startTyping: () => type("start"),
    stopTyping: () => type("stop"),
    history: (query) => rooms.ask(({ of }) => of(front).history(query)),
    get subscription() {
      return front.wanted ? (logs.rooms.get(name)?.subscription ?? "subscribing") : "none";
    },
    subscribe(options) {
      front.wanted += 1;
      const own = life;
      const entry = new Promise<void>((resolve) => {
        // Of somebody else's log nobody has a position.
        rooms.tell(({ of }) => resolve(of(front).subscribe(own === life ? options : undefined)));
      });
      // Whoever does not wait for it need not hear that it failed.
      entry.catch(() => undefined);
      return entry;
    },
    unsubscribe() {
      if (!front.wanted) return;
      front.wanted -= 1;
      rooms.tell(({ of }) => of(front).unsubscribe());
    },
    on: (event: string, listener: (data: never, event: never) => void) =>
      listeners.add(event, listener as (data: unknown, event: Received) => void),
    async publish(event: string, data: unknown = null, { id = randomId() } = {}) {
      await send({ type: "publish", channel: name, event, data, id });
    },
    hear: (event) => tellEvent(listeners, event),
    forget() {
      front.said = null;
      life = {};
      rooms.here()?.of(front).forget();
    },
  };
}
