import type { Position } from "../protocol/position.ts";
import type { Channel } from "./api.ts";
import { Deferred } from "./deferred.ts";
import { leave } from "./log-cursor.ts";
import type { Log } from "./logs.ts";

/** A channel that the client asked to follow, and how that stands. */
export interface Room extends Log {
  subscription: Channel["subscription"];
  /** When it is followed for the first time; rejects where it may not be. */
  readonly entry: Promise<void>;
}

/** @param position where to begin; without it, at the top. */
export function createRoom(name: string, position?: Position): Room {
  const { promise, resolve, reject } = new Deferred<void>();
  const room: Room = {
    ...{ name, isOwn: false, state: "away", position },
    subscription: "subscribing",
    entry: promise,
    entered() {
      room.subscription = "subscribed";
      resolve();
    },
    refused(error) {
      room.subscription = "refused";
      leave(room);
      reject(error);
    },
  };
  return room;
}
