import type { Position } from "../protocol/position.ts";
import type { Channel, ClientError } from "./api.ts";
import { Deferred } from "./deferred.ts";
import { LogCursor } from "./log-cursor.ts";

/** A channel that the client asked to follow, and how that stands. */
export class Room {
  readonly name: string;
  readonly cursor: LogCursor;
  /** Whether it lies in the user's own log after all, and is followed always. */
  isOwn = false;
  /** Where its own sockets are, once the service has said that it has moved there. */
  url: string | undefined;
  #subscription: Channel["subscription"] = "subscribing";
  readonly #entry = new Deferred<void>();

  /** @param since where to begin; without it, at the top. */
  constructor(name: string, since?: Position) {
    this.name = name;
    this.cursor = new LogCursor(since);
  }

  get subscription(): Channel["subscription"] {
    return this.#subscription;
  }

  /** When it is followed for the first time; rejects where it may not be. */
  get entered(): Promise<void> {
    return this.#entry.promise;
  }

  /** What to ask for, so that the answer with this `ref` counts. What comes before it is not for this position. */
  ask(ref: string): string | { readonly channel: string; readonly since: string } {
    this.cursor.ref = ref;
    this.cursor.state = "away";
    const { since } = this.cursor;
    return since === undefined ? this.name : { channel: this.name, since };
  }

  enter(): void {
    this.#subscription = "subscribed";
    this.#entry.resolve();
  }

  refuse(error: ClientError): void {
    this.#subscription = "refused";
    this.cursor.state = "away";
    this.cursor.ref = undefined;
    this.#entry.reject(error);
  }

  /** The connection is gone. The position stays. */
  disconnect(): void {
    this.#subscription = "subscribing";
    this.cursor.state = "away";
    this.cursor.ref = undefined;
    this.url = undefined;
  }
}
