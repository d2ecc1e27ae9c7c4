import type { Position } from "../protocol/position.ts";
import { hasLocks, type Release, tryLock } from "./lock.ts";
import type { Logs } from "./logs.ts";
import { randomId } from "./random-id.ts";
import { Keeper, type Kept, type KeyValueStorage } from "./storage.ts";

/** How long a page that was loaded again may take to follow its rooms again, in ms; later it begins at the top. */
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
export class Memory {
  user: string | undefined;
  readonly own: Position | undefined;
  readonly #options: MemoryOptions;
  readonly #keeper: Keeper;
  readonly #until: number;
  #rooms: Readonly<Record<string, Position>>;
  #client: string;
  #claim: Promise<string> | undefined;
  #release: (() => void) | undefined;

  constructor(options: MemoryOptions) {
    const { storage, url, user, now } = options;
    this.#options = options;
    this.#keeper = new Keeper(storage, url);
    const kept: Kept = this.#keeper.read() ?? { client: randomId() };
    const isOthers = user !== undefined && kept.user !== undefined && kept.user !== user;
    // A copy of the tab has what it kept as well. Where none of them can tell, each time is another device.
    this.#client = isPage() && !hasLocks() ? randomId() : kept.client;
    this.user = isOthers ? user : kept.user;
    this.own = isOthers ? undefined : kept.own;
    this.#rooms = (!isOthers && kept.rooms) || {};
    this.#until = now() + RETURN;
  }

  /** The device. */
  get client(): string {
    return this.#client;
  }

  /** Makes sure that nobody else is this device: not another client of this page, nor a copy of the tab. */
  claim(): Promise<string> {
    this.#claim ??= this.#take();
    return this.#claim;
  }

  release(): void {
    this.#release?.();
    this.#release = undefined;
    this.#claim = undefined;
  }

  /** Where the client stood in a room that it follows again, after the page was loaded again. Asked once for each. */
  stoodIn(room: string): Position | undefined {
    const { [room]: position, ...rest } = this.#rooms;
    this.#rooms = rest;
    return this.#options.now() < this.#until ? position : undefined;
  }

  async #take(): Promise<string> {
    if (claimed.has(this.#client)) this.#client = randomId();
    const client = this.#client;
    claimed.add(client);
    let isOver = false;
    let unlock: Release | undefined;
    this.#release = () => {
      isOver = true;
      claimed.delete(client);
      unlock?.();
    };
    if (!isPage() || !hasLocks()) return client;
    unlock = await tryLock(`carillon:device:${client}`);
    if (isOver) unlock?.();
    else if (!unlock) this.#client = randomId();
    return isOver ? client : this.#client;
  }

  /** Keeps the positions. */
  keep({ own, rooms }: Logs): void {
    const positions = this.#options.now() < this.#until ? { ...this.#rooms } : {};
    for (const { name, isOwn, cursor } of rooms.values()) {
      if (!isOwn && cursor.position) positions[name] = cursor.position;
    }
    this.#keeper.write({ client: this.#client, user: this.user, own: own.position, rooms: positions });
  }

  /** Somebody else is here now, or nobody: only the device stays. */
  forget(): void {
    this.user = undefined;
    this.#rooms = {};
    this.#keeper.write({ client: this.#client });
  }
}

function isPage(): boolean {
  return typeof document !== "undefined";
}
