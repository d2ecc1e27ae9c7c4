import type { ErrorCode } from "../protocol/errors.ts";
import type { Aim } from "./aim.ts";

/**
 * One publish as an object receives it. All entries made from it share its id; `hash` stands for its content and
 * is empty where the Worker made the id up, since nobody else can repeat such a publish.
 */
export interface Publication {
  readonly id: string;
  readonly hash: string;
  readonly events: readonly PublishedEvent[];
}

/** One event of a publication: where it goes, and its data as JSON text, encoded once by the Worker. */
export interface PublishedEvent {
  readonly channel: string;
  readonly event: string;
  readonly data: string;
  readonly store: boolean;
  readonly aim?: Aim;
  /** Seconds after which the entry is not replayed any more. */
  readonly ttl?: number;
}

/** What became of one event of a publication, in the order of `Publication.events`. */
export type Outcome =
  | {
      readonly status: "delivered" | "stored";
      /** Its place in the log; absent for an event that is not stored. */
      readonly offset?: number;
      /** How many connections it was handed to. */
      readonly connections: number;
      /** The id had been taken before with the same content; this is that result. */
      readonly duplicate: boolean;
    }
  | { readonly status: "failed"; readonly code: ErrorCode; readonly message: string };
