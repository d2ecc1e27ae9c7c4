import type { ServerFrame } from "../protocol/frames.ts";
import type { ConnectionState } from "./api.ts";
import { type Carrier, type CarrierEvents, closed } from "./carrier.ts";
import { loadSoon, parts } from "./parts.ts";
import type { Platform } from "./platform.ts";

export interface SharingOptions extends CarrierEvents {
  /** The service's address. */
  readonly url: string;
  /** Who is here; nothing where that is not known before there is a connection. */
  user(): Promise<string | undefined>;
  readonly connection: Carrier;
  /** Whether to share it. */
  readonly isWanted: boolean;
  readonly platform: Platform;
}

/** A carrier, and what its tab's own connection tells. */
export interface Sharing extends Carrier {
  /** The connection has changed. */
  changed(state: ConnectionState): void;
  /** Something came over the connection. */
  came(frame: ServerFrame): void;
}

/**
 * A connection that is shared with other tabs of the same person, once it is known who that is and what shares it is
 * here. Where either cannot be had the tab uses its connection alone.
 */
export function createSharing(options: SharingOptions): Sharing {
  const { connection, isWanted, platform, state, frame } = options;
  let tabs: Sharing | undefined;
  /** What carries: the tabs, or the connection alone. */
  let carrier = isWanted ? undefined : connection;
  /** While it is being found out which. */
  let joining: object | undefined;

  async function join(): Promise<void> {
    const own = {};
    joining = own;
    state({ status: "connecting", attempt: 1 });
    const part = loadSoon(platform, parts.tabs).catch(() => undefined);
    const user = await options.user().catch(() => undefined);
    const shared = await part;
    if (joining !== own) return;
    joining = undefined;
    if (shared && user !== undefined) {
      tabs = shared.create({ ...options, name: `carillon:${options.url}:${user}` });
    }
    carrier = tabs ?? connection;
    carrier.connect();
  }

  function connect(): void {
    if (carrier) carrier.connect();
    else if (!joining) void join();
  }

  return {
    connect,
    retry() {
      if (carrier) carrier.retry();
      else connect();
    },
    close() {
      const before = carrier;
      joining = undefined;
      // The next time it may be somebody else, and whoever hears that it is closed may connect at once.
      carrier = isWanted ? undefined : connection;
      if (before) before.close();
      else state(closed);
      tabs = undefined;
    },
    send: (sent) => carrier?.send(sent),
    changed: (now) => (tabs ? tabs.changed(now) : state(now)),
    came: (came) => (tabs ? tabs.came(came) : frame(came, false)),
  };
}
