import type { ServerFrame, ServerFrameOf } from "../../src/protocol/frames.ts";
import { formatPosition, type Position } from "../../src/protocol/position.ts";
import type { Counts, InboxOwner, InboxPage } from "./inbox.ts";
import { InboxView } from "./inbox-view.ts";
import { LogCursor } from "./log-cursor.ts";
import type { Service } from "./service.ts";
import { Socket } from "./socket.ts";

/** What a screen begins with: what it has fetched, or what it showed before it was away. */
export interface Start {
  readonly position: Position;
  readonly view: InboxView;
}

/** A page as a client begins with it. */
export function startOf({ position, ...page }: InboxPage): Start {
  return { position, view: new InboxView(page) };
}

/**
 * A device with a bell: it shows the inbox as it makes it out from the log alone.
 *
 * @example
 * const screen = await Screen.open(service, owner, { client: "phone" });
 * await screen.shows({ unread: 1 }, "the new notification");
 */
export class Screen {
  readonly socket: Socket;
  readonly view: InboxView;
  readonly #told: ServerFrameOf<"event">[] = [];
  readonly #cursor: LogCursor;
  #looked = 0;
  #refs = 0;

  private constructor(socket: Socket, start: Start | undefined) {
    this.socket = socket;
    this.#cursor = new LogCursor(start?.position);
    this.view = start?.view ?? new InboxView({ notifications: [], counts: countsIn(socket) });
  }

  /** Connects: from what it has, if it has anything, else knowing of the inbox what the greeting says. */
  static async open(
    service: Service,
    owner: InboxOwner,
    { client, start }: { readonly client?: string; readonly start?: Start } = {},
  ): Promise<Screen> {
    const query = new URLSearchParams({ token: await owner.token() });
    if (client !== undefined) query.set("client", client);
    if (start) query.set("since", formatPosition(start.position));
    return new Screen(await Socket.greeted(`${service.wsUrl}/connect?${query}`), start);
  }

  /** What another connection of this device begins with. */
  get start(): Start {
    this.#look();
    return { position: this.#cursor.position ?? this.socket.welcome.position, view: this.view };
  }

  get counts(): Counts {
    this.#look();
    return this.view.counts;
  }

  /** The events of the inbox that this screen has applied or been told so far, in their order. */
  get told(): readonly ServerFrameOf<"event">[] {
    this.#look();
    return this.#told;
  }

  /** Waits until the badge shows these counts. */
  async shows(counts: Partial<Counts>, what: string): Promise<void> {
    const fits = () =>
      Object.entries({ ...this.counts, ...counts }).join() === Object.entries(this.counts).join();
    await this.socket.until(fits, `${what}: ${JSON.stringify(counts)}`);
  }

  /** Waits until the log up to an offset has been applied. */
  async reaches({ offset }: Position): Promise<void> {
    await this.socket.until(() => {
      this.#look();
      return (this.#cursor.position?.offset ?? 0) >= offset;
    }, `the log up to ${offset}`);
  }

  /** Sends a request and gives its answer. */
  async ask(request: object): Promise<ServerFrame> {
    this.#refs += 1;
    const ref = this.#refs;
    this.socket.send({ ...request, ref });
    const answer = () => this.socket.frames.find((frame) => "ref" in frame && frame.ref === ref);
    await this.socket.until(() => answer() !== undefined, `the answer to ${JSON.stringify(request)}`);
    const found = answer();
    if (!found) throw new Error("What was awaited is gone.");
    return found;
  }

  /** Goes without a word, as a device does that loses its network. @returns what it comes back with. */
  drop(): Start {
    this.socket.drop();
    return this.start;
  }

  /** Applies what has come, as rule F5 wants it: what was had is dropped, and a hole is an error. */
  #look(): void {
    for (const frame of this.socket.frames.slice(this.#looked)) {
      this.#looked += 1;
      if (frame.type === "welcome" && this.#cursor.begin(frame.position, frame.recovered) === "lost") {
        throw new Error("The log does not reach back to where this device was.");
      }
      if (frame.type === "skip") this.#cursor.skip(frame.upTo);
      if (frame.type === "live" && frame.counts) this.view.counts = frame.counts;
      if (frame.type !== "event") continue;
      const fit = frame.offset === undefined ? "next" : this.#cursor.take(frame.offset);
      if (fit === "ahead") throw new Error(`Something is missing before ${JSON.stringify(frame)}`);
      if (fit === "had") continue;
      this.view.take(frame);
      if (/^(notification|unread):/.test(frame.event)) this.#told.push(frame);
    }
  }
}

function countsIn({ welcome }: Socket): Counts {
  if (!welcome.counts) throw new Error("The greeting says no counts.");
  return welcome.counts;
}
