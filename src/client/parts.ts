import type { Platform } from "./platform.ts";
import { within } from "./within.ts";

/** A part of the client that is a module of its own, so that a page fetches it only when it needs it. What is in it comes by `create`. */
export interface Part<Module> {
  fetch(): Promise<Module>;
  /** The module, once it has been fetched. */
  here?: Module | undefined;
}

const part = <Module>(fetch: () => Promise<Module>): Part<Module> => ({ fetch });

export const parts = {
  /** The list of notifications, marks and preferences: from the first use of `client.inbox` on. */
  inbox: part(() => import("./inbox.ts")),
  /** What takes the place of a WebSocket where none can be opened. */
  polling: part(() => import("./poll-line.ts")),
  /** One connection for all tabs, where the browser has what that needs. */
  tabs: part(() => import("./tabs.ts")),
  /** Rooms: following them, who is there and types there, what they keep, and the sockets of those that have their own. */
  rooms: part(() => import("./rooms.ts")),
};

/** How long fetching a part may take where there is another way, in ms. */
const PATIENCE = 5000;

/** Fetches a part, if it is not here. @throws {Error} where it cannot be fetched; the next call tries again. */
export async function load<Module>(wanted: Part<Module>): Promise<Module> {
  wanted.here ??= await wanted.fetch();
  return wanted.here;
}

/** Fetches a part without which it goes on in another way. @throws {Error} where it cannot be had soon. */
export function loadSoon<Module>(platform: Platform, wanted: Part<Module>): Promise<Module> {
  return within(platform, PATIENCE, load(wanted));
}
