import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import type { ConnectionState, Undo } from "./api.ts";
import { type Carrier, type CarrierEvents, closed } from "./carrier.ts";
import type { Outgoing } from "./frame.ts";
import type { Release } from "./lock.ts";
import type { Platform, Timer } from "./platform.ts";
import { randomId } from "./random-id.ts";
import type { Sharing } from "./sharing.ts";
import { TabFrames } from "./tab-frames.ts";
import { awaitLock, seizeLock } from "./tab-locks.ts";
import { onWake } from "./wake.ts";

/** What tabs tell each other. */
type Message =
  | { readonly kind: "hello"; readonly tab: string }
  | { readonly kind: "send"; readonly tab: string; readonly frame: Outgoing }
  | { readonly kind: "retry" }
  /** From the tab that holds the connection: from now on, and still. */
  | { readonly kind: "lead"; readonly tab: string }
  | { readonly kind: "here"; readonly tab: string }
  /** How the connection is, and the greeting and what is followed where there was one. */
  | {
      readonly kind: "state";
      readonly tab: string;
      readonly to?: string | undefined;
      readonly state: ConnectionState;
      readonly frames?: readonly (ServerFrame | undefined)[];
    }
  | {
      readonly kind: "frame";
      readonly tab: string;
      readonly frame: ServerFrame;
      readonly except?: string | undefined;
    };

/** How long the tab that holds the connection may take to say that it is there, in ms. */
const PATIENCE = 5000;

export interface TabsOptions extends CarrierEvents {
  /** Whose connection of which service it is. */
  readonly name: string;
  /** This tab's own connection, for when it is the one that holds it. */
  readonly connection: Carrier;
  readonly platform: Platform;
}

/**
 * Tabs of one person that share one connection. A lock of the browser's elects the tab that holds it, and is free again
 * the moment that tab is gone: the next one opens a connection then. Each tab keeps positions of its own, so that it
 * asks for what it has missed, whoever held the connection meanwhile. A tab may be frozen with the lock in its hands;
 * one that comes, or is looked at, and gets no answer takes the lock away.
 */
class Tabs implements Sharing {
  readonly #options: TabsOptions;
  readonly #tab = randomId();
  readonly #frames: TabFrames;
  #channel: BroadcastChannel | undefined;
  #ending = new AbortController();
  /** Locks that this tab holds. */
  #releases: Release[] = [];
  /** Who holds the connection, as far as this tab has heard. */
  #leader: string | undefined;
  /** The tabs of which this one would hear that they are gone. */
  readonly #watched = new Set<string>();
  #silence: Timer | undefined;
  #stopListening: Undo = () => undefined;
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
    this.#ask({ kind: "hello", tab: this.#tab });
    this.#stopListening = onWake(() => this.retry());
    this.#await();
  }

  /** Tries at once where there is no connection, and makes sure that whoever holds it is there. */
  retry(): void {
    if (!this.#channel) this.connect();
    // A connection of this tab's own listens for the same.
    else if (this.#role === "leader") this.#options.connection.retry();
    else this.#ask({ kind: "retry" });
  }

  close(): void {
    this.#stopListening();
    this.#heard();
    this.#channel?.close();
    this.#channel = undefined;
    this.#leader = undefined;
    this.#resign();
    this.#ending.abort();
    this.#options.connection.close();
    for (const release of this.#releases.splice(0)) release();
    this.#options.state(closed);
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
    this.#post({ kind: "state", tab: this.#tab, state });
  }

  /** Something came over this tab's own connection. */
  came(frame: ServerFrame): void {
    if (frame.type === "welcome") this.#welcome = frame;
    this.#tell(frame);
    this.#frames.answered(frame);
  }

  #await(): void {
    const { name } = this.#options;
    const held = (release: Release) => this.#lead(release);
    awaitLock(name, this.#ending.signal, held, () => this.#lose());
  }

  #seize(): void {
    this.#silence = undefined;
    const { signal } = this.#ending;
    const held = (release: Release) => (signal.aborted ? release() : this.#lead(release));
    seizeLock(this.#options.name, held, () => this.#lose());
  }

  #lead(release: Release): void {
    this.#releases.push(release);
    this.#heard();
    this.#role = "leader";
    this.#leader = this.#tab;
    this.#post({ kind: "lead", tab: this.#tab });
    this.#options.connection.connect();
  }

  /** Another tab has taken over: this one was frozen, perhaps. */
  #lose(): void {
    if (this.#role === "follower") return;
    this.#resign();
    this.#options.connection.close();
    this.#show({ status: "connecting", attempt: 1 });
    this.#post({ kind: "hello", tab: this.#tab });
    this.#await();
  }

  #resign(): void {
    this.#role = "follower";
    this.#welcome = undefined;
    this.#watched.clear();
    this.#frames.forget();
  }

  /** Asks whoever holds the connection, and takes it from them where there is no answer. */
  #ask(message: Message): void {
    this.#post(message);
    this.#silence ??= this.#options.platform.setTimeout(() => this.#seize(), PATIENCE);
  }

  /** Whoever holds the connection is there. */
  #heard(): void {
    this.#options.platform.clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  #tell(frame: ServerFrame, except?: string): void {
    this.#post({ kind: "frame", tab: this.#tab, frame, except });
    if (except !== this.#tab) this.#options.frame(frame, false);
  }

  #hear(message: Message): void {
    // Also by the one before, which perhaps learns only later that the lock was taken from it.
    if (message.kind === "lead") this.#leader = message.tab;
    if (this.#role === "leader") {
      this.#serve(message);
      return;
    }
    if (message.kind === "hello" || message.kind === "send" || message.kind === "retry") return;
    this.#leader ??= message.tab;
    // One that was frozen may go on for a moment as if it held the connection still.
    if (message.tab !== this.#leader) return;
    this.#heard();
    if (message.kind === "state") {
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
    if (message.kind === "retry") {
      this.#post({ kind: "here", tab: this.#tab });
      this.#options.connection.retry();
    } else if (message.kind === "send") {
      this.#watch(message.tab);
      this.#frames.take(message.tab, message.frame);
    } else if (message.kind === "hello") {
      this.#watch(message.tab);
      const frames = [this.#welcome, ...this.#frames.followed()];
      this.#post({ kind: "state", tab: this.#tab, to: message.tab, state: this.#state, frames });
    }
  }

  /** Its lock is free when the tab is gone. */
  #watch(tab: string): void {
    if (this.#watched.has(tab)) return;
    this.#watched.add(tab);
    awaitLock(lockOf(tab), this.#ending.signal, (release) => {
      release();
      this.#watched.delete(tab);
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

export function create(options: TabsOptions): Sharing {
  return new Tabs(options);
}

function lockOf(tab: string): string {
  return `carillon:tab:${tab}`;
}
