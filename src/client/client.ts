import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import { Acknowledger } from "./acknowledger.ts";
import { Address } from "./address.ts";
import type {
  Client,
  ClientError,
  ClientOptions,
  ClientStats,
  ConnectionState,
  EventMap,
  Happenings,
  Received,
  Undo,
} from "./api.ts";
import { delayBefore } from "./back-off.ts";
import type { Carrier } from "./carrier.ts";
import { ClientChannel } from "./channel.ts";
import { asClientError, CarillonClientError } from "./client-error.ts";
import { Connection } from "./connection.ts";
import { Listeners } from "./emitter.ts";
import type { Outgoing } from "./frame.ts";
import { Http } from "./http.ts";
import { UserInbox } from "./inbox.ts";
import type { KnownEvents } from "./known-events.ts";
import { Lines } from "./lines.ts";
import { hasLocks } from "./lock.ts";
import { Logs } from "./logs.ts";
import { Memory } from "./memory.ts";
import { Outbox } from "./outbox.ts";
import { type Platform, platformOf } from "./platform.ts";
import { randomId } from "./random-id.ts";
import { Sharing } from "./sharing.ts";
import { Stats } from "./stats.ts";
import { TokenSource } from "./token-source.ts";

const defaults = {
  /** ms between attempts, at least and at most. */
  minDelay: 1000,
  maxDelay: 30_000,
  maxAttempts: Number.POSITIVE_INFINITY,
  /** What waits to be sent, and for how long (ms). */
  maxMessages: 100,
  maxAge: Number.POSITIVE_INFINITY,
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
  return new CarillonClient(options);
}

/** The parts of a client, and what they tell each other. */
class CarillonClient implements Client<EventMap> {
  readonly inbox: UserInbox;
  readonly #platform: Platform;
  readonly #tokens: TokenSource;
  readonly #memory: Memory;
  readonly #logs: Logs;
  readonly #outbox: Outbox;
  readonly #http: Http;
  readonly #carrier: Carrier;
  readonly #acknowledger: Acknowledger;
  readonly #stats: Stats;
  readonly #channels = new Map<string, ClientChannel>();
  readonly #events: Listeners<[unknown, Received]>;
  readonly #happenings: { readonly [Kind in keyof Happenings]: Listeners<[Happenings[Kind]]> };
  #state: ConnectionState;
  /** Who is here, where the application or the service has said it. */
  #user: string | undefined;
  /** Who is here as the application says. */
  #named: string | undefined;
  readonly #prefix = randomId().slice(0, 8);
  #refs = 0;

  constructor(options: ClientOptions) {
    const platform = platformOf(options.platform);
    const address = (url = options.url ?? "/") => new Address(url);
    const complain = (thrown: unknown) => this.#fail(asClientError(thrown, "listener"));
    const send = (frame: Outgoing) => this.#carrier.send(frame);
    const nextRef = () => this.#nextRef();
    const delays = { ...defaults, ...options.reconnect };
    this.#platform = platform;
    this.#user = options.user;
    this.#named = options.user;
    this.#events = new Listeners(complain);
    this.#happenings = {
      state: new Listeners(complain),
      gap: new Listeners(complain),
      exhausted: new Listeners(complain),
      error: new Listeners((thrown) => console.error(thrown)),
      live: new Listeners(complain),
    };
    this.#stats = new Stats(platform.now);
    this.#memory = new Memory({
      storage: options.storage,
      url: options.url ?? "",
      user: options.user,
      now: platform.now,
    });
    this.#tokens = new TokenSource({ getToken: options.getToken, ticketUrl: options.ticketUrl, platform });
    this.#http = new Http({ platform, tokens: this.#tokens, address });
    this.#outbox = new Outbox({ ...defaults, ...options.queue, platform, send, nextRef });
    this.#logs = new Logs(
      {
        send,
        nextRef,
        receive: (event, isReplayed) => this.#receive(event, isReplayed),
        begun: ({ offset }) => this.inbox.begun(offset),
        lost: (channel) => this.#lost(channel),
        refused: (error) => this.#fail(error),
        later: (run) => void platform.setTimeout(run, delayBefore(1, delays, platform.random())),
      },
      this.#memory.own,
    );
    this.#acknowledger = new Acknowledger({
      platform,
      send,
      offset: () => this.#logs.own.position?.offset ?? 0,
    });
    this.inbox = new UserInbox({
      http: this.#http,
      outbox: this.#outbox,
      complain,
      now: platform.now,
      offset: () => this.#logs.own.position?.offset ?? 0,
    });
    const lines = new Lines({
      platform,
      tokens: this.#tokens,
      http: this.#http,
      address,
      client: () => this.#memory.claim(),
      since: () => this.#logs.own.since,
      known: () => ({ user: this.#user, channels: this.#logs.channels }),
    });
    const mayShare = (options.shareTabs ?? typeof document !== "undefined") && hasLocks();
    const connection = new Connection({
      ...delays,
      polling: options.polling ?? true,
      platform,
      tokens: this.#tokens,
      lines,
      state: (state) => (mayShare ? sharing.changed(state) : this.#changed(state)),
      frame: (frame) => (mayShare ? sharing.came(frame) : this.#take(frame, false)),
      isExpected: (user) => this.#named === undefined || this.#named === user,
      error: (error) => this.#fail(error),
      roundTrip: (ms) => {
        this.#stats.roundTrip = ms;
      },
    });
    const sharing = new Sharing({
      url: options.url ?? "",
      user: async () => this.#user ?? (await this.#tokens.get())?.user,
      connection,
      platform,
      state: (state) => this.#changed(state),
      frame: (frame, isShared) => this.#take(frame, isShared),
    });
    this.#carrier = mayShare ? sharing : connection;
    this.#state = connection.state;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get clientId(): string {
    return this.#memory.client;
  }

  connect(): void {
    this.#carrier.connect();
  }

  retry(): void {
    this.#carrier.retry();
  }

  close(): void {
    this.#memory.release();
    this.#carrier.close();
  }

  signOut(): void {
    this.setUser(undefined);
  }

  setUser(user: string | undefined): void {
    this.#named = user;
    const isSame = user === (this.#user ?? this.#memory.user);
    this.#user = user;
    if (user !== undefined && isSame) return;
    const isConnected = this.#state.status !== "disconnected" || this.#state.retryAt !== undefined;
    // Before whoever hears that it is closed may connect again.
    this.#forget();
    this.close();
    if (user !== undefined && isConnected) this.connect();
  }

  on(event: string, listener: (data: never, event: never) => void): Undo {
    return this.#events.add(event, listener as (data: unknown, event: Received) => void);
  }

  listen<Kind extends keyof Happenings>(kind: Kind, listener: (happening: Happenings[Kind]) => void): Undo {
    return this.#happenings[kind].add("", listener);
  }

  channel(name: string): ClientChannel {
    const known = this.#channels.get(name);
    if (known) return known;
    const channel = new ClientChannel(name, {
      platform: this.#platform,
      logs: this.#logs,
      outbox: this.#outbox,
      http: this.#http,
      complain: (thrown) => this.#fail(asClientError(thrown, "listener")),
      send: (frame) => this.#carrier.send(frame),
      nextRef: () => this.#nextRef(),
      kept: (room) => this.#memory.stoodIn(room),
      followed: () => this.#memory.keep(this.#logs),
      user: () => this.#user,
    });
    this.#channels.set(name, channel);
    return channel;
  }

  stats(): ClientStats {
    return this.#stats.read(this.#logs.repeats);
  }

  #nextRef(): string {
    this.#refs += 1;
    return `${this.#prefix}.${this.#refs}`;
  }

  #forget(): void {
    this.#tokens.discard();
    this.#memory.forget();
    this.#logs.forget();
    this.#outbox.clear();
    this.inbox.forget();
    for (const channel of this.#channels.values()) channel.forget();
  }

  #changed(state: ConnectionState): void {
    const before = this.#state;
    // What carries the connection may say the same again, as when tabs come together.
    if (JSON.stringify(before) === JSON.stringify(state)) return;
    this.#state = state;
    this.#stats.changed(before, state);
    if (before.status === "connected" && state.status !== "connected") {
      this.#logs.disconnected();
      this.#outbox.close();
      this.#acknowledger.stop();
      for (const { typing } of this.#channels.values()) typing.forget();
    }
    this.#happenings.state.tell("", state);
    if (state.status === "disconnected" && state.reason === "exhausted") {
      this.#happenings.exhausted.tell("", { attempts: state.attempt });
    }
  }

  /** @param isShared it came over another tab's connection. */
  #take(frame: ServerFrame, isShared: boolean): void {
    if (frame.type === "welcome") this.#greeted(frame, isShared);
    else if (frame.type === "ok") this.#outbox.answered(frame);
    else if (frame.type === "error") this.#refused(frame);
    else this.#logs.take(frame);
    if ("channel" in frame && frame.channel !== undefined) this.#channels.get(frame.channel)?.take(frame);
    if (frame.type === "live") {
      if (frame.counts) this.inbox.told(frame.counts);
      this.#happenings.live.tell("", frame);
    }
    this.#memory.keep(this.#logs);
    if (!isShared) this.#acknowledger.move();
  }

  #greeted(welcome: ServerFrameOf<"welcome">, isShared: boolean): void {
    // Positions of somebody else's are of no use, and nothing is missing for want of them.
    if (this.#memory.user !== undefined && this.#memory.user !== welcome.user) this.#logs.forget();
    this.#user = welcome.user;
    this.#memory.user = welcome.user;
    this.#logs.greet(welcome, isShared);
    if (welcome.counts) this.inbox.told(welcome.counts);
    this.#outbox.open();
    this.inbox.connected();
  }

  #refused(frame: ServerFrameOf<"error">): void {
    const isAnswer = this.#outbox.answered(frame) || this.#logs.refused(frame);
    // Other tabs hear of their own, and of the rooms that they follow.
    const isOwn =
      frame.ref === undefined ? frame.channel === undefined : String(frame.ref).startsWith(this.#prefix);
    // A room was left before it had answered, which is as it was meant.
    if (frame.code === "withdrawn") return;
    if (!isAnswer && isOwn) this.#fail(new CarillonClientError(frame.code, frame.message, frame.retryable));
  }

  /** An event at its place in its log, which has moved already. */
  #receive(frame: ServerFrameOf<"event">, isReplayed: boolean): void {
    const { channel, event, data, id, at, offset, from } = frame;
    const isRoom = this.#logs.isRoom(channel);
    const log = isRoom ? channel : this.#logs.ownName;
    const received: Received = { log, channel, event, data, id, at, offset, from };
    this.#stats.received += 1;
    if (!isReplayed) this.#stats.arrived(at);
    if (!isRoom) this.inbox.hear(received, isReplayed);
    this.#events.tell(event, data, received);
    this.#events.tell("*", data, received);
    this.#channels.get(channel)?.hear(received);
  }

  #lost(channel: string): void {
    this.#stats.gaps += 1;
    if (channel === this.#logs.ownName) this.inbox.lost();
    this.#happenings.gap.tell("", { channel });
  }

  #fail(error: ClientError): void {
    if (this.#happenings.error.has("")) this.#happenings.error.tell("", error);
    else console.error(error);
  }
}
