import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import { formatPosition, type Position } from "../protocol/position.ts";
import type { Counts } from "./api.ts";
import { asClientError, CarillonClientError } from "./client-error.ts";
import type { Outgoing } from "./frame.ts";
import { Http } from "./http.ts";
import { hasFields } from "./json.ts";
import type { Line, LineEvents } from "./line.ts";
import type { Credentials, LinesOptions, Prepare } from "./lines.ts";
import type { Timer } from "./platform.ts";
import { createTrial } from "./trial.ts";

export interface PollLineOptions extends LinesOptions, Credentials {
  /** Prepares the socket that is tried again and again beside it. */
  readonly prepare: Prepare;
}

/** A log that is polled. */
interface Polled {
  readonly path: string;
  readonly channel: string;
  since: string | undefined;
}

interface Page {
  readonly events: readonly ServerFrameOf<"event">[];
  readonly position: Position;
  readonly recovered: boolean;
  readonly more: boolean;
  readonly pollAfter: number;
}

/** Opens a line that needs no WebSocket, until one can be had in its place. */
export function create(options: PollLineOptions, events: LineEvents): Line {
  return createTrial(options, events, (own) => new PollLine(options, own));
}

/** Asks again and again, and tells what comes as the frames that a socket would have brought. */
class PollLine implements Line {
  readonly over = "polling";
  readonly #options: PollLineOptions;
  /** Who is here and what they follow always, as far as that is known. */
  readonly #known: { readonly user: string; readonly channels: readonly string[] };
  readonly #http: Http;
  readonly #events: LineEvents;
  readonly #own: Polled;
  readonly #rooms = new Map<string, Polled>();
  #isOver = false;
  #timer: Timer | undefined;
  /** Requests are answered one after the other, so that frames come in the order of their logs. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: PollLineOptions, events: LineEvents) {
    this.#options = options;
    this.#http = new Http(options.service);
    this.#events = events;
    const { user = options.token?.user ?? "", channels } = options.known();
    this.#known = { user, channels };
    this.#own = { path: "events", channel: `user:${encodeURIComponent(user)}`, since: options.since() };
    this.#queue(() => this.#greet());
  }

  send(frame: Outgoing): void {
    const ref = String(frame.ref);
    const channels = Array.isArray(frame.channels) ? frame.channels : [];
    if (frame.type === "unsubscribe") for (const name of channels) this.#rooms.delete(String(name));
    if (frame.type === "subscribe") for (const one of channels) this.#queue(() => this.#follow(ref, one));
    if (frame.type === "mark") this.#queue(() => this.#mark(ref, frame));
    // What else can be sent only over a socket waits for one.
  }

  probe(): void {
    this.#queue(() => this.#round());
  }

  close(): void {
    this.#isOver = true;
    this.#options.service.platform.clearTimeout(this.#timer);
  }

  #queue(task: () => Promise<void>): void {
    this.#turn = this.#turn.then(async () => {
      try {
        if (!this.#isOver) await task();
      } catch (thrown) {
        const { code } = asClientError(thrown, "disconnected");
        if (this.#isOver) return;
        this.close();
        const isRefused = code === "unauthorized" || code === "token_expired";
        this.#events.ended({ verdict: isRefused ? "renew" : "later", reason: isRefused ? code : "network" });
      }
    });
  }

  #tell(frame: ServerFrame): void {
    if (!this.#isOver) this.#events.frame(frame);
  }

  async #greet(): Promise<void> {
    const { user, channels } = this.#known;
    const page = await this.#page(this.#own);
    const { counts } = await this.#http.get("inbox/counts", {}, hasCounts);
    const since = this.#own.since === undefined ? undefined : parsePosition(this.#own.since);
    const { recovered } = page;
    const position = (recovered && since) || page.position;
    const about = { connection: "", user, roles: [], expiresAt: 0, heartbeat: page.pollAfter };
    this.#tell({ type: "welcome", ...about, channels: [...channels], position, recovered, counts });
    await this.#take(this.#own, page, since !== undefined);
    this.#wait(page.pollAfter);
  }

  async #follow(ref: string, one: unknown): Promise<void> {
    const channel = String(hasFields(one, "channel") ? one.channel : one);
    const since = hasFields(one, "since") ? String(one.since) : undefined;
    if (channel.startsWith(`${this.#own.channel}:`)) return this.#followOwn(ref, channel);
    const known = channel === this.#own.channel ? this.#own : this.#rooms.get(channel);
    const room = known ?? { path: `rooms/${encodeURIComponent(channel)}/events`, channel, since };
    // Asked for again without `since` it goes on from where it is.
    room.since = since ?? room.since;
    try {
      const page = await this.#page(room);
      const { recovered } = page;
      const position = (recovered && room.since && parsePosition(room.since)) || page.position;
      if (room !== this.#own) this.#rooms.set(channel, room);
      this.#tell({ type: "subscribed", ref, channel, position, recovered });
      await this.#take(room, page, since !== undefined);
    } catch (thrown) {
      this.#refuse(ref, thrown, channel);
    }
  }

  /** A topic of the user's own lies in their log, and is followed already. */
  #followOwn(ref: string, channel: string): void {
    const { since } = this.#own;
    if (since === undefined) return;
    this.#tell({ type: "subscribed", ref, channel, position: parsePosition(since), recovered: true });
  }

  async #mark(ref: string, { type: _, ref: __, ...fields }: Outgoing): Promise<void> {
    try {
      const { counts } = await this.#http.ask("POST", "inbox/mark", hasCounts, fields);
      this.#tell({ type: "ok", ref, counts });
    } catch (thrown) {
      this.#refuse(ref, thrown);
    }
  }

  /** The service has refused it. Where it could not be asked, the line is at its end. */
  #refuse(ref: string, thrown: unknown, channel?: string): void {
    if (!(thrown instanceof CarillonClientError) || thrown.code === "disconnected") throw thrown;
    const { code, message, retryable } = thrown;
    this.#tell({
      type: "error",
      ref,
      channel,
      code: code as ServerFrameOf<"error">["code"],
      message,
      retryable,
    });
  }

  async #round(): Promise<void> {
    this.#options.service.platform.clearTimeout(this.#timer);
    let after = 0;
    for (const log of [this.#own, ...this.#rooms.values()]) {
      const page = await this.#page(log);
      await this.#take(log, page, false);
      after = Math.max(after, page.pollAfter);
    }
    this.#wait(after);
  }

  #wait(ms: number): void {
    if (this.#isOver) return;
    this.#timer = this.#options.service.platform.setTimeout(() => this.probe(), Math.max(ms, 1000));
  }

  #page({ path, since }: Polled): Promise<Page> {
    return this.#http.get(path, { since, client: this.#options.device }, isPage);
  }

  /** Tells what a page brought, and the pages after it. @param isReplay ends with `live`. */
  async #take(log: Polled, first: Page, isReplay: boolean): Promise<void> {
    const { channel } = log;
    let replayed = 0;
    for (let page = first; ; page = await this.#page(log)) {
      const { events, position, recovered, more } = page;
      log.since = formatPosition(position);
      if (!recovered) {
        if (page !== first || !isReplay) this.#tell({ type: "subscribed", channel, position, recovered });
        return;
      }
      for (const event of events) {
        // What was left out, because it is not for this client, is no hole.
        this.#tell({ type: "skip", channel, upTo: (event.offset ?? 0) - 1 });
        this.#tell(event);
      }
      this.#tell({ type: "skip", channel, upTo: position.offset });
      replayed += events.length;
      if (!more || this.#isOver) break;
    }
    if (isReplay) this.#tell({ type: "live", channel, replayed });
  }
}

/** What the client itself has written. */
function parsePosition(since: string): Position {
  const [epoch = "", offset] = since.split(".");
  return { epoch, offset: Number(offset) };
}

function isPage(answer: unknown): answer is Page {
  return hasFields(answer, "events", "position", "recovered", "more", "pollAfter");
}

function hasCounts(answer: unknown): answer is { readonly counts: Counts } {
  return hasFields(answer, "counts");
}
