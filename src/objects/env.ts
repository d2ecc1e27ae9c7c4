import { objectNameOf } from "../channels/name.ts";
import type { AudienceObject } from "./audience-object.ts";
import type { DeadLetterObject } from "./dead-letter-object.ts";
import type { RoomObject } from "./room-object.ts";
import type { UserObject } from "./user-object.ts";

/** What wrangler.toml binds; the settings beside it are read by `readSettings`. */
export interface Env {
  readonly USERS: DurableObjectNamespace<UserObject>;
  readonly ROOMS: DurableObjectNamespace<RoomObject>;
  readonly AUDIENCE: DurableObjectNamespace<AudienceObject>;
  readonly DEAD_LETTERS: DurableObjectNamespace<DeadLetterObject>;
  /** What is delivered later, and what could not be delivered. Without the two of them nothing is queued. */
  readonly DELIVERIES?: Queue<Uint8Array>;
  readonly UNDELIVERABLE?: Queue<Uint8Array>;
  /** Webhooks on their way; an endpoint that answers slowly holds up nothing else. */
  readonly WEBHOOKS?: Queue<Uint8Array>;
  readonly ASSETS: Fetcher;
  /** What is counted, also as data points (docs/metrics.md). */
  readonly ANALYTICS?: AnalyticsEngineDataset;
  /** Rate limits, each of its own: https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/ */
  readonly UPGRADES_BY_ADDRESS?: RateLimit;
  readonly UPGRADES_BY_USER?: RateLimit;
  readonly PUBLISHES_BY_KEY?: RateLimit;
  readonly BROADCASTS_BY_USER?: RateLimit;
}

/** A user's object. A stub that failed stays broken: ask anew for each try. */
export function userObject({ USERS }: Pick<Env, "USERS">, user: string): DurableObjectStub<UserObject> {
  return USERS.getByName(user);
}

/** A room's object. A stub that failed stays broken: ask anew for each try. */
export function roomObject({ ROOMS }: Pick<Env, "ROOMS">, room: string): DurableObjectStub<RoomObject> {
  return ROOMS.getByName(objectNameOf(room));
}

/** A shard of the audience, 0 being the one that numbers. A stub that failed stays broken: ask anew for each try. */
export function audienceShard(
  { AUDIENCE }: Pick<Env, "AUDIENCE">,
  shard: number,
): DurableObjectStub<AudienceObject> {
  return AUDIENCE.getByName(String(shard));
}

/** The object that keeps the dead letters. A stub that failed stays broken: ask anew for each try. */
export function deadLetterObject({
  DEAD_LETTERS,
}: Pick<Env, "DEAD_LETTERS">): DurableObjectStub<DeadLetterObject> {
  return DEAD_LETTERS.getByName("all");
}
