import * as z from "zod/mini";
import type { Client, Received } from "../../client/index.ts";
import { askService } from "./service.ts";

/** The newest of the user's log that the service still has, and what has come since. */
export interface StoryView {
  readonly status: "loading" | "ready" | "failed";
  /** In the order of the log. */
  readonly events: readonly Received[];
}

const page = z.object({
  events: z.array(
    z.object({
      channel: z.string(),
      event: z.string(),
      data: z.unknown(),
      id: z.string(),
      at: z.number(),
      offset: z.optional(z.number()),
      from: z.optional(z.string()),
    }),
  ),
  position: z.object({ epoch: z.string(), offset: z.number() }),
  /** False where the log does not reach back to what was asked for. */
  recovered: z.optional(z.boolean()),
  more: z.boolean(),
});

const LIMIT = 500;

/** As many as a log keeps unless LOG_EVENTS says otherwise, so a page that stays open for days holds what a new one does. */
const MOST = 1000;

function ownEvents({ events }: z.infer<typeof page>): readonly Received[] {
  return events.map((event) => ({ ...event, log: "user:" }));
}

function newest(events: readonly Received[]): readonly Received[] {
  return events.length > MOST ? events.slice(-MOST) : events;
}

/** Whether a log is the user's own, and no room's. */
const isOwn = (log: string) => log.startsWith("user:");

/**
 * What a page shows of the user's log. It is read once and followed from there, so a page that is loaded anew, and a
 * second device, show the same.
 */
export class Story {
  readonly #token: () => Promise<string>;
  readonly #listeners = new Set<() => void>();
  #view: StoryView = { status: "loading", events: [] };
  /** Came while the log was being read, or since it could not be. */
  #waiting: readonly Received[] | undefined = [];
  #offset = 0;
  #reading: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();
  readonly #undo: readonly (() => void)[];

  constructor(client: Client, token: () => Promise<string>) {
    this.#token = token;
    this.#undo = [
      client.on("*", (_data, event) => {
        if (!isOwn(event.log) || event.offset === undefined) return;
        if (this.#waiting) this.#waiting = newest([...this.#waiting, event]);
        else this.#add([event]);
      }),
      client.listen("gap", ({ channel }) => {
        if (isOwn(channel)) void this.read();
      }),
      client.listen("state", ({ status }) => {
        if (status === "connected" && this.#view.status === "failed") void this.read();
      }),
    ];
    void this.read();
  }

  readonly get = (): StoryView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads the log anew, from its beginning or from where it still begins: once what is being read has been. */
  read(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readAll());
    return this.#reading;
  }

  /** Follows it no further, and asks for nothing more. */
  close(): void {
    this.#closing.abort();
    for (const undo of this.#undo) undo();
  }

  async #readAll(): Promise<void> {
    // What came before is in the log by now.
    this.#waiting = [];
    try {
      const events: Received[] = [];
      let since = "0.0";
      let isWhole = false;
      while (!isWhole) {
        const answer = await this.#ask("since", since);
        const { epoch, offset } = answer.position;
        if (answer.recovered === false)
          events.splice(0, events.length, ...(await this.#readBack(epoch, offset)));
        else events.push(...ownEvents(answer));
        since = `${epoch}.${offset}`;
        this.#offset = offset;
        isWhole = !answer.more;
      }
      const came = this.#waiting;
      this.#waiting = undefined;
      this.#show({ status: "ready", events: newest(events) });
      this.#add(came);
    } catch {
      this.#show({ ...this.#view, status: "failed" });
    }
  }

  /** All that is left of a log whose beginning is gone, up to an offset; nobody knows how far back it reaches. */
  async #readBack(epoch: string, top: number): Promise<readonly Received[]> {
    const pages: (readonly Received[])[] = [];
    let before = { epoch, offset: top + 1 };
    for (let more = true; more; ) {
      const answer = await this.#ask("before", `${before.epoch}.${before.offset}`);
      pages.unshift(ownEvents(answer));
      ({ position: before, more } = answer);
    }
    return pages.flat();
  }

  async #ask(way: "since" | "before", position: string): Promise<z.infer<typeof page>> {
    const path = `/events?${way}=${encodeURIComponent(position)}&limit=${LIMIT}`;
    const { signal } = this.#closing;
    return await askService(page, path, { token: await this.#token(), signal });
  }

  #add(events: readonly Received[]): void {
    const news = events.filter(({ offset = 0 }) => offset > this.#offset);
    const last = news.at(-1)?.offset;
    if (last === undefined) return;
    this.#offset = last;
    this.#show({ status: "ready", events: newest([...this.#view.events, ...news]) });
  }

  #show(view: StoryView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}
