import type { ServerFrame, ServerFrameOf } from "../protocol/frames.ts";
import type { Outgoing } from "./frame.ts";
import { hasFields } from "./json.ts";
import { load, parts } from "./parts.ts";

export interface TabFramesOptions {
  /** Sends a frame over the connection. */
  send(frame: Outgoing): void;
  /** Tells all tabs of something, or all but one. */
  tell(frame: ServerFrame, except?: string): void;
}

/** What the tabs send over the connection that one of them holds. */
export class TabFrames {
  readonly #options: TabFramesOptions;
  /** The tabs that follow each room: the connection leaves it with the last. */
  readonly #followers = new Map<string, Set<string>>();
  /** What tabs publish, by the `ref`, until it is answered. */
  readonly #publishes = new Map<unknown, { readonly tab: string; readonly frame: Outgoing }>();
  #user = "";

  constructor(options: TabFramesOptions) {
    this.#options = options;
  }

  take(tab: string, frame: Outgoing): void {
    const channels: unknown[] = Array.isArray(frame.channels) ? frame.channels : [];
    const names = channels.map((one) => String(hasFields(one, "channel") ? one.channel : one));
    if (frame.type === "unsubscribe") {
      for (const name of names) this.#leave(tab, name, frame);
      return;
    }
    if (frame.type === "subscribe") {
      for (const name of names) this.#followers.set(name, (this.#followers.get(name) ?? new Set()).add(tab));
    }
    // What serves rooms that move belongs to the part for rooms, which this tab perhaps has had no need of.
    if (frame.type === "subscribe" && !parts.rooms.here) load(parts.rooms).catch(() => undefined);
    if (frame.url !== undefined && !parts.rooms.here) {
      this.#notYet(frame, names[0]);
      return;
    }
    if (frame.type === "publish") this.#publishes.set(frame.ref, { tab, frame });
    this.#options.send(frame);
  }

  /** For a tab that comes later: the rooms that the others follow, of which it will hear though it follows none of them. */
  followed(): ServerFrame[] {
    const position = { epoch: "", offset: 0 };
    return [...this.#followers.keys()].map((channel) => {
      return { type: "subscribed", ref: "", channel, position, recovered: true };
    });
  }

  /** A tab is gone. */
  leave(tab: string): void {
    for (const [name, tabs] of this.#followers) {
      if (tabs.has(tab)) this.#leave(tab, name, { type: "unsubscribe", ref: tab });
    }
  }

  forget(): void {
    this.#followers.clear();
    this.#publishes.clear();
  }

  /** The service says nothing of what a device published to that device: its other tabs are told here. */
  answered(frame: ServerFrame): void {
    if (frame.type === "welcome") this.#user = frame.user;
    if (frame.type !== "ok" && frame.type !== "error") return;
    const published = this.#publishes.get(frame.ref);
    this.#publishes.delete(frame.ref);
    if (published && frame.type === "ok") this.#options.tell(this.#eventOf(published.frame), published.tab);
  }

  /** The tab that asked for it asks again later. */
  #notYet({ ref }: Outgoing, channel: string | undefined): void {
    const about = { ref: String(ref), channel, message: "What it needs is being fetched." };
    this.#options.tell({ type: "error", ...about, code: "unavailable", retryable: true });
  }

  #eventOf({ channel, event, data, id, ref }: Outgoing): ServerFrameOf<"event"> {
    const name = String(event);
    const about = { channel: String(channel), id: `${this.#user}/${String(id ?? ref)}`, from: this.#user };
    return { type: "event", ...about, event: name, data, at: Date.now() };
  }

  #leave(tab: string, name: string, frame: Outgoing): void {
    const tabs = this.#followers.get(name);
    tabs?.delete(tab);
    if (tabs && tabs.size > 0) return;
    this.#followers.delete(name);
    this.#options.send({ ...frame, channels: [name] });
  }
}
