import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import { formatPosition, type Position, start } from "../protocol/position.ts";
import type { Channel, HistoryPage, Received, Undo } from "./api.ts";
import { type Complaint, Listeners } from "./emitter.ts";
import type { Outgoing } from "./frame.ts";
import type { Http } from "./http.ts";
import { hasFields } from "./json.ts";
import type { Logs } from "./logs.ts";
import type { Outbox } from "./outbox.ts";
import type { Platform } from "./platform.ts";
import { RoomPresence } from "./presence.ts";
import { randomId } from "./random-id.ts";
import { Typing } from "./typing.ts";
import { Value } from "./value.ts";

/** What a channel needs of its client. */
export interface ChannelHost {
  readonly platform: Platform;
  readonly logs: Logs;
  readonly outbox: Outbox;
  readonly http: Http;
  readonly complain: Complaint;
  /** Sends a frame now, or never. */
  send(frame: Outgoing): void;
  nextRef(): string;
  /** Where the client stood in a room before the page was loaded again. */
  kept(room: string): Position | undefined;
  /** A room is followed from a position, which the page is to find again should it be loaded anew before anything comes. */
  followed(): void;
  /** Who is connected. */
  user(): string | undefined;
}

/** One channel, as long as its client. */
export class ClientChannel implements Channel {
  readonly name: string;
  readonly presence: RoomPresence;
  readonly typing: Typing;
  readonly #host: ChannelHost;
  readonly #listeners: Listeners<[unknown, Received]>;
  /** How many want it followed. */
  #wanted = 0;

  constructor(name: string, host: ChannelHost) {
    this.name = name;
    this.#host = host;
    this.#listeners = new Listeners(host.complain);
    const { platform, complain } = host;
    this.presence = new RoomPresence(
      {
        ask: () => host.logs.askPresence(name),
        set: async (state) => void (await host.outbox.put({ type: "presence", channel: name, state })),
      },
      new Value({ members: new Map(), count: 0, isNamed: false }, complain),
    );
    const tell = (isTyping: boolean) =>
      host.send({ type: "publish", ref: host.nextRef(), channel: name, event: "typing", data: { isTyping } });
    this.typing = new Typing({ platform, tell }, new Value<readonly string[]>([], complain));
  }

  get subscription(): Channel["subscription"] {
    return (this.#wanted > 0 && this.#host.logs.rooms.get(this.name)?.subscription) || "none";
  }

  subscribe({ since }: { readonly since?: Position | "beginning" } = {}): Promise<void> {
    const { logs, kept, followed } = this.#host;
    this.#wanted += 1;
    const known = logs.rooms.get(this.name);
    if (known && since === undefined && known.subscription !== "refused") return known.entered;
    // What was kept counts once, also where it is not what is asked for.
    const before = kept(this.name);
    const from = since === "beginning" ? start : (since ?? before);
    const { entered } = logs.follow(this.name, from);
    followed();
    return entered;
  }

  unsubscribe(): void {
    if (this.#wanted === 0) return;
    this.#wanted -= 1;
    // A page that gives way to another one, or draws itself again, often follows the same room in the next moment.
    queueMicrotask(() => {
      if (this.#wanted > 0 || !this.#host.logs.rooms.has(this.name)) return;
      this.#host.logs.leave(this.name);
      this.forget();
    });
  }

  /** Nothing is known of who is there. */
  forget(): void {
    this.presence.forget();
    this.typing.forget();
  }

  on(event: string, listener: (data: never, event: never) => void): Undo {
    return this.#listeners.add(event, listener as (data: unknown, event: Received) => void);
  }

  async publish(event: string, data: unknown = null, { id }: { readonly id?: string } = {}): Promise<void> {
    const frame = { type: "publish", channel: this.name, event, data, id: id ?? randomId() };
    await this.#host.outbox.put(frame);
  }

  startTyping(): void {
    this.typing.start();
  }

  stopTyping(): void {
    this.typing.stop();
  }

  async history(options: { readonly before?: Position; readonly limit?: number } = {}): Promise<HistoryPage> {
    const path = `rooms/${encodeURIComponent(this.name)}/events`;
    const { http } = this.#host;
    const before = options.before ?? (await this.#afterTop(path));
    const query = { before: formatPosition(before), limit: options.limit };
    const { events, more, position } = await http.get(path, query, isHistory);
    return { events: events.map((event) => ({ ...event, log: this.name })), more, position };
  }

  /** What comes before it is everything. */
  async #afterTop(path: string): Promise<Position> {
    const { position } = await this.#host.http.get(path, {}, isHistory);
    return { epoch: position.epoch, offset: position.offset + 1 };
  }

  /** An event of this channel, at its place. */
  hear(event: Received): void {
    if (event.event === "typing" && event.from !== undefined && event.from !== this.#host.user()) {
      this.typing.hear(event.from, event.data);
    }
    this.#listeners.tell(event.event, event.data, event);
    this.#listeners.tell("*", event.data, event);
  }

  /** A frame about this channel. */
  take(frame: ServerFrame): void {
    if (frame.type === "subscribed") this.#entered(frame);
    else if (frame.type === "presence") this.presence.change(frame);
  }

  #entered({ presence, ref }: ServerFrameOf<"subscribed">): void {
    if (presence) this.presence.begin(presence);
    if (ref === this.#host.logs.rooms.get(this.name)?.cursor.ref) this.presence.entered();
  }
}

function isHistory(answer: unknown): answer is HistoryPage {
  return hasFields(answer, "events", "more", "position");
}
