import type { ErrorCode } from "../protocol/errors.ts";
import type { Aim } from "./aim.ts";
import type { Notification } from "./notification.ts";

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
  /** For an audience only, on the channel `user:*`: which of its members the event is for, whatever their channels. */
  readonly reach?: Reach;
  /** Seconds after which the entry is not replayed any more. */
  readonly ttl?: number;
  /** What it leaves in the inbox of each user whom it reaches. */
  readonly notification?: Notification;
}

/** Whom an event reaches by who they are: anybody who matches one of these, but for the users it is sent to by name. */
export interface Reach {
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
  readonly everyone: boolean;
  readonly besides: readonly string[];
}

/** The channel that stands for each member's own, `user:{id}`, in what an audience is sent. */
export const EACH_USER = "user:*";

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
