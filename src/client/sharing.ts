import type { ServerFrame } from "../protocol/frames.ts";
import type { ConnectionState } from "./api.ts";
import type { Carrier, CarrierEvents } from "./carrier.ts";
import type { Outgoing } from "./frame.ts";
import type { Platform } from "./platform.ts";
import { Tabs } from "./tabs.ts";

export interface SharingOptions extends CarrierEvents {
  /** The service's address. */
  readonly url: string;
  /** Who is here; nothing where that is not known before there is a connection. */
  user(): Promise<string | undefined>;
  readonly connection: Carrier;
  readonly platform: Platform;
}

/** A connection that is shared with other tabs of the same person, once it is known who that is. */
export class Sharing implements Carrier {
  readonly #options: SharingOptions;
  /** What carries: the tabs, or where nobody knows who is here the connection alone. */
  #carrier: Carrier | undefined;
  /** While it is being found out who is here. */
  #joining: object | undefined;

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  connect(): void {
    if (this.#carrier) this.#carrier.connect();
    else if (!this.#joining) void this.#join();
  }

  retry(): void {
    if (this.#carrier) this.#carrier.retry();
    else this.connect();
  }

  close(): void {
    this.#joining = undefined;
    if (this.#carrier) this.#carrier.close();
    else this.#options.state({ status: "disconnected", reason: "closed", attempt: 0 });
    // The next time it may be somebody else.
    this.#carrier = undefined;
  }

  send(frame: Outgoing): void {
    this.#carrier?.send(frame);
  }

  /** The connection has changed. */
  changed(state: ConnectionState): void {
    if (this.#carrier instanceof Tabs) this.#carrier.changed(state);
    else this.#options.state(state);
  }

  /** Something came over the connection. */
  came(frame: ServerFrame): void {
    if (this.#carrier instanceof Tabs) this.#carrier.came(frame);
    else this.#options.frame(frame, false);
  }

  async #join(): Promise<void> {
    const { url, user, connection, platform, state, frame } = this.#options;
    const joining = {};
    this.#joining = joining;
    state({ status: "connecting", attempt: 1 });
    const who = await user().catch(() => undefined);
    if (this.#joining !== joining) return;
    this.#joining = undefined;
    const name = `carillon:${url}:${who}`;
    this.#carrier = who === undefined ? connection : new Tabs({ name, connection, platform, state, frame });
    this.#carrier.connect();
  }
}
