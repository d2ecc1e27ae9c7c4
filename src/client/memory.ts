import type { Position } from "../protocol/position.ts";
import { hasLocks, type Release, tryLock } from "./lock.ts";
import type { Logs } from "./logs.ts";
import { randomId } from "./random-id.ts";
import { createKeeper, type Kept, type KeyValueStorage } from "./storage.ts";

/** How long a page that was loaded again may take to follow its rooms again, once it is connected, in ms; later it begins at the top. */
const RETURN = 60_000;

/** Devices of this page that are in use: two clients of one page are two devices. */
const claimed = new Set<string>();

export interface MemoryOptions {
  readonly storage: KeyValueStorage | false | undefined;
  /** The service's address: each has its own. */
  readonly url: string;
  /** Who is here, where that is known: positions of somebody else's are of no use. */
  readonly user: string | undefined;
  /** ms since 1970. */
  now(): number;
}

/** What the client knows from before the page was loaded again, and keeps for the next time. */
export interface Memory {
  user: string | undefined;
  /** The device. */
  client: string;
  /** Where the client stood in the user's log. */
  readonly own: Position | undefined;
  /** Makes sure that nobody else is this device: not another client of this page, nor a copy of the tab. */
  claim(): Promise<string>;
  release(): void;
  /** Where the client stood in a room that it follows again, after the page was loaded again. Asked once for each. */
  positionIn(room: string): Position | undefined;
  /** Keeps the positions. */
  keep(logs: Logs): void;
  /** Somebody else is here now, or nobody: only the device stays. */
  forget(): void;
}

export function createMemory({ storage, url, user, now }: MemoryOptions): Memory {
  const keeper = createKeeper(storage, url);
  const kept: Kept = keeper.read() ?? { client: randomId() };
  const isOthers = (kept.user ?? user) !== (user ?? kept.user);
  const known: Partial<Kept> = isOthers ? { user } : kept;
  const isLockable = hasLocks();
  const isPage = globalThis.document !== undefined;
  let until: number | undefined;
  let rooms: Readonly<Record<string, Position>> = known.rooms ?? {};
  let claiming: Promise<string> | undefined;
  let letGo: Release | undefined;

  async function claim(): Promise<string> {
    if (claimed.has(memory.client)) memory.client = randomId();
    const { client } = memory;
    claimed.add(client);
    let unlock: Release | undefined;
    const own = () => {
      claimed.delete(client);
      unlock?.();
    };
    letGo = own;
    if (!isPage || !isLockable) return client;
    unlock = await tryLock(`carillon:device:${client}`);
    if (letGo !== own) unlock?.();
    else if (!unlock) memory.client = randomId();
    return memory.client;
  }

  const memory: Memory = {
    user: known.user,
    // A copy of the tab has what it kept as well. Where none of them can tell, each time is another device.
    client: isPage && !isLockable ? randomId() : kept.client,
    own: known.own,
    claim() {
      claiming ??= claim();
      return claiming;
    },
    release() {
      letGo?.();
      letGo = undefined;
      claiming = undefined;
    },
    positionIn(room) {
      const { [room]: position, ...rest } = rooms;
      rooms = rest;
      return position;
    },
    keep(logs) {
      until ??= now() + RETURN;
      if (now() > until) rooms = {};
      const positions = { ...rooms };
      for (const { name, isOwn, position } of logs.rooms.values()) {
        if (!isOwn && position) positions[name] = position;
      }
      const { client, user } = memory;
      keeper.write({ client, user, own: logs.own.position, rooms: positions });
    },
    forget() {
      memory.user = undefined;
      rooms = {};
      keeper.write({ client: memory.client });
    },
  };
  return memory;
}
