import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import { createAcknowledger } from "./acknowledger.ts";
import type {
  Client,
  ClientError,
  ClientOptions,
  ConnectionState,
  EventMap,
  Happenings,
  Received,
} from "./api.ts";
import { delayBefore } from "./back-off.ts";
import { closed } from "./carrier.ts";
import { type ClientChannel, createChannel } from "./channel.ts";
import { asClientError, CarillonClientError } from "./client-error.ts";
import { createConnection } from "./connection.ts";
import { createListeners, tellEvent } from "./emitter.ts";
import type { Outgoing } from "./frame.ts";
import { createInbox } from "./inbox-front.ts";
import type { KnownEvents } from "./known-events.ts";
import { prepareLines } from "./lines.ts";
import { hasLocks } from "./lock.ts";
import { sinceOf } from "./log-cursor.ts";
import { createLogs } from "./logs.ts";
import { createMemory } from "./memory.ts";
import type { Sending } from "./outbox.ts";
import { parts } from "./parts.ts";
import { platformOf } from "./platform.ts";
import { randomId } from "./random-id.ts";
import { createSharing } from "./sharing.ts";
import { createStandIn } from "./stand-in.ts";
import { createStats } from "./stats.ts";
import { createTokenSource } from "./token-source.ts";
import { isOffline } from "./wake.ts";

const defaults = {
  /** ms between attempts, at least and at most. */
  minDelay: 1000,
  maxDelay: 30_000,
  maxAttempts: Number.POSITIVE_INFINITY,
};

/**
 * Makes a client. It does nothing until `connect`.
 *
 * @example
 * const client = createClient({ url: "https://carillon.example", getToken: () => fetchToken() });
 * client.on("payment:confirmed", ({ amount }) => show(amount));
 * client.connect();
 */
export function createClient<Events extends EventMap = KnownEvents>(
  options: ClientOptions = {},
): Client<Events> {
  const { url = "", getToken, ticketUrl, polling = true } = options;
  const { shareTabs = globalThis.document !== undefined, storage } = options;
  const platform = platformOf(options.platform);
  const delays = { ...defaults, ...options.reconnect };
  const events = createListeners<[unknown, Received]>(complain);
  const happenings = createListeners<[unknown]>(complain);
  const happen: <Kind extends keyof Happenings>(kind: Kind, what: Happenings[Kind]) => void = happenings.tell;
  const errors = createListeners<[unknown]>((thrown) => console.error(thrown));
  const channels = new Map<string, ClientChannel>();
  const prefix = randomId().slice(0, 8);
  let refs = 0;
  let state: ConnectionState = closed;
  /** Who is here as the application says. */
  let named = options.user;
  /** Who is here, where the application or the service has said it. */
  let user = named;
  /** Whether the device says that it has no network, and is wrong: the service greeted it. */
  let isReached = false;

  const stats = createStats(platform.now);
  const memory = createMemory({ storage, url, user, now: platform.now });
  const tokens = createTokenSource({ getToken, ticketUrl, platform });
  const service = { platform, tokens, url };
  const logs = createLogs(
    {
      send,
      nextRef,
      receive,
      begun: ({ offset }) => inbox.begun(offset),
      lost,
      figures: stats.figures,
      later: (run) => void platform.setTimeout(run, delayBefore(1, delays, platform.random())),
    },
    memory.own,
  );
  const sending: Sending = { ...options.queue, platform, send, nextRef, isGreeted: logs.isGreeted };
  const rooms = createStandIn(
    parts.rooms,
    ({ create }) => create({ service, logs, sending, memory, user: () => user, refused: fail }),
    mayFetch,
  );
  const offset = () => logs.own.position?.offset ?? 0;
  const acknowledger = createAcknowledger({ platform, send, offset });
  const inbox = createInbox({ service, sending, mayFetch, complain, offset });
  const connection = createConnection({
    ...delays,
    polling,
    platform,
    tokens,
    prepare: prepareLines({
      service,
      maxDelay: delays.maxDelay,
      client: memory.claim,
      since: () => sinceOf(logs.own),
      known: () => ({ user, channels: logs.channels() }),
    }),
    state: (next) => carrier.changed(next),
    frame: (frame) => carrier.came(frame),
    isUser: (greeted) => (named ?? greeted) === greeted,
    error: fail,
    roundTrip(ms) {
      stats.figures.roundTrip = ms;
      // The network is there, also where it was not for a moment that the connection has outlived.
      rooms.connected();
    },
  });
  const carrier = createSharing({
    isWanted: shareTabs && hasLocks(),
    url,
    user: async () => user ?? (await tokens.get())?.user,
    connection,
    platform,
    state: changed,
    frame: take,
  });

  /** Whether parts can be fetched: surely not while attempts to connect fail. */
  function mayFetch(): boolean {
    return (state.status === "connected" || state.attempt < 2) && (isReached || !isOffline());
  }

  function send(frame: Outgoing): void {
    carrier.send(frame);
  }

  function nextRef(): string {
    refs += 1;
    return `${prefix}.${refs}`;
  }

  function complain(thrown: unknown): void {
    fail(asClientError(thrown, "listener"));
  }

  function fail(error: ClientError): void {
    if (errors.has("error")) errors.tell("error", error);
    else console.error(error);
  }

  function changed(next: ConnectionState): void {
    const before = state;
    // What carries the connection may say the same again, as when tabs come together.
    if (JSON.stringify(before) === JSON.stringify(next)) return;
    state = next;
    stats.changed(before, next);
    if (before.status === "connected" && next.status !== "connected") {
      logs.disconnected();
      sending.outbox?.close();
      acknowledger.stop();
      rooms.here()?.disconnected();
    }
    happen("state", next);
    if (next.status === "disconnected" && next.reason === "exhausted") {
      happen("exhausted", { attempts: next.attempt });
    }
  }

  /** @param isShared it came over another tab's connection. */
  function take(frame: ServerFrame, isShared: boolean): void {
    if (frame.type === "welcome") greeted(frame, isShared);
    else if (frame.type === "ok") sending.outbox?.answered(frame);
    else if (frame.type === "error") refused(frame);
    else logs.take(frame);
    rooms.here()?.take(frame);
    if (frame.type === "live") {
      if (frame.counts) inbox.told(frame.counts);
      happen("live", frame);
    }
    memory.keep(logs);
    if (!isShared) acknowledger.move();
  }

  function greeted(welcome: ServerFrameOf<"welcome">, isShared: boolean): void {
    // Positions of somebody else's are of no use, and nothing is missing for want of them.
    if ((memory.user ?? welcome.user) !== welcome.user) logs.forget();
    user = memory.user = welcome.user;
    isReached = isOffline();
    logs.greet(welcome, isShared);
    if (welcome.counts) inbox.told(welcome.counts);
    rooms.connected();
    rooms.here()?.connected();
    sending.outbox?.open();
    inbox.connected();
  }

  function refused(frame: ServerFrameOf<"error">): void {
    const { ref, channel, code, message, retryable } = frame;
    const isAnswer = sending.outbox?.answered(frame) || logs.refused(frame);
    // Other tabs hear of their own, and of the rooms that they follow.
    const isOwn = ref === undefined ? channel === undefined : String(ref).startsWith(prefix);
    // A room was left before it had answered, which is as it was meant.
    if (isAnswer || !isOwn || code === "withdrawn") return;
    fail(new CarillonClientError(code, message, retryable));
  }

  function receive({ type: _, ...event }: ServerFrameOf<"event">, log: string, isReplayed: boolean): void {
    const received: Received = { log, ...event };
    stats.figures.received += 1;
    if (!isReplayed) stats.arrived(received.at);
    if (log === logs.own.name) inbox.hear(received, isReplayed);
    tellEvent(events, received);
    channels.get(received.channel)?.hear(received);
    rooms.here()?.hear(received);
  }

  function lost(channel: string): void {
    stats.figures.gaps += 1;
    if (channel === logs.own.name) inbox.lost();
    happen("gap", { channel });
  }

  function close(): void {
    memory.release();
    carrier.close();
  }

  function setUser(next: string | undefined): void {
    const isSame = next === (user ?? memory.user);
    named = next;
    user = next;
    if (next !== undefined && isSame) return;
    const isConnected = state.status !== "disconnected" || state.retryAt !== undefined;
    // Before whoever hears that it is closed may connect again.
    tokens.discard();
    memory.forget();
    logs.forget();
    sending.outbox?.clear();
    inbox.forget();
    rooms.forget();
    for (const channel of channels.values()) channel.forget();
    close();
    if (next !== undefined && isConnected) carrier.connect();
  }

  return {
    get state() {
      return state;
    },
    get clientId() {
      return memory.client;
    },
    inbox,
    connect: carrier.connect,
    retry: carrier.retry,
    close,
    signOut: () => setUser(undefined),
    setUser,
    on: (event: string, listener: (data: never, event: never) => void) =>
      events.add(event, listener as (data: unknown, event: Received) => void),
    listen: (kind, listener) =>
      (kind === "error" ? errors : happenings).add(kind, listener as (what: unknown) => void),
    channel(name) {
      const known = channels.get(name) ?? createChannel(name, { logs, rooms, complain });
      channels.set(name, known);
      return known;
    },
    stats: stats.read,
  };
}
