import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import type { ConnectionState } from "./api.ts";
import type { Carrier, CarrierEvents } from "./carrier.ts";
import type { Outgoing } from "./frame.ts";
import { awaitLock, type Release } from "./lock.ts";
import { randomId } from "./random-id.ts";
import { TabFrames } from "./tab-frames.ts";

/** What tabs tell each other. */
type Message =
  | { readonly kind: "hello"; readonly tab: string }
  | { readonly kind: "send"; readonly tab: string; readonly frame: Outgoing }
  | { readonly kind: "retry" }
  /** From the tab that holds the connection: how that is, and the greeting and what is followed where there was one. */
  | {
      readonly kind: "state";
      readonly to?: string | undefined;
      readonly state: ConnectionState;
      readonly frames?: readonly (ServerFrame | undefined)[];
    }
  | { readonly kind: "frame"; readonly frame: ServerFrame; readonly except?: string | undefined };

export interface TabsOptions extends CarrierEvents {
  /** Whose connection of which service it is. */
  readonly name: string;
  /** This tab's own connection, for when it is the one that holds it. */
  readonly connection: Carrier;
}

/**
 * Tabs of one person that share one connection. A lock of the browser's elects the tab that holds it, and is free again
 * the moment that tab is gone: the next one opens a connection then. Each tab keeps positions of its own, so that it
 * asks for what it has missed, whoever held the connection meanwhile.
 */
export class Tabs implements Carrier {
  readonly #options: TabsOptions;
  readonly #tab = randomId();
  readonly #frames: TabFrames;
  #channel: BroadcastChannel | undefined;
  #ending = new AbortController();
  /** Locks that this tab holds. */
  #releases: Release[] = [];
  #role: "follower" | "leader" = "follower";
  #state: ConnectionState = { status: "connecting", attempt: 1 };
  #welcome: ServerFrameOf<"welcome"> | undefined;

  constructor(options: TabsOptions) {
    this.#options = options;
    this.#frames = new TabFrames({
      send: (frame) => options.connection.send(frame),
      tell: (frame, except) => this.#tell(frame, except),
    });
  }

  connect(): void {
    if (this.#channel) return;
    const { name } = this.#options;
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data);
    this.#show({ status: "connecting", attempt: 1 });
    // By this lock the others notice when this tab is gone.
    awaitLock(lockOf(this.#tab), signal, (release) => this.#releases.push(release));
    this.#post({ kind: "hello", tab: this.#tab });
    awaitLock(name, signal, (release) => {
      this.#releases.push(release);
      this.#role = "leader";
      this.#options.connection.connect();
    });
  }

  retry(): void {
    if (!this.#channel) this.connect();
    else if (this.#role === "leader") this.#options.connection.retry();
    else this.#post({ kind: "retry" });
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
    this.#role = "follower";
    this.#welcome = undefined;
    this.#frames.forget();
    this.#ending.abort();
    this.#options.connection.close();
    for (const release of this.#releases.splice(0)) release();
    this.#options.state({ status: "disconnected", reason: "closed", attempt: 0 });
  }

  send(frame: Outgoing): void {
    if (this.#role === "leader") this.#frames.take(this.#tab, frame);
    else this.#post({ kind: "send", tab: this.#tab, frame });
  }

  /** This tab's own connection has changed. */
  changed(state: ConnectionState): void {
    if (this.#role !== "leader") return;
    if (state.status !== "connected") this.#welcome = undefined;
    this.#show(state);
    this.#post({ kind: "state", state });
  }

  /** Something came over this tab's own connection. */
  came(frame: ServerFrame): void {
    if (frame.type === "welcome") this.#welcome = frame;
    this.#tell(frame);
    this.#frames.answered(frame);
  }

  #tell(frame: ServerFrame, except?: string): void {
    this.#post({ kind: "frame", frame, except });
    if (except !== this.#tab) this.#options.frame(frame, false);
  }

  #hear(message: Message): void {
    if (this.#role === "leader") this.#serve(message);
    else if (message.kind === "state") {
      if ((message.to ?? this.#tab) !== this.#tab) return;
      this.#follow(message.state);
      for (const frame of message.frames ?? []) if (frame) this.#options.frame(frame, true);
    } else if (
      message.kind === "frame" &&
      message.except !== this.#tab &&
      this.#state.status === "connected"
    ) {
      this.#options.frame(message.frame, true);
    }
  }

  /** What the others ask of the tab that holds the connection. */
  #serve(message: Message): void {
    if (message.kind === "retry") this.#options.connection.retry();
    if (message.kind === "send") this.#frames.take(message.tab, message.frame);
    if (message.kind !== "hello") return;
    const { tab } = message;
    this.#post({
      kind: "state",
      to: tab,
      state: this.#state,
      frames: [this.#welcome, ...this.#frames.followed()],
    });
    awaitLock(lockOf(tab), this.#ending.signal, (release) => {
      release();
      this.#frames.leave(tab);
    });
  }

  #follow(state: ConnectionState): void {
    this.#show(state.status === "connected" ? { ...state, over: "tab" } : state);
  }

  #show(state: ConnectionState): void {
    this.#state = state;
    this.#options.state(state);
  }

  #post(message: Message): void {
    this.#channel?.postMessage(message);
  }
}

function lockOf(tab: string): string {
  return `carillon:tab:${tab}`;
}
