import type { RoomObject } from "./room-object.ts";
import type { UserObject } from "./user-object.ts";

/** What wrangler.toml binds; the settings beside it are read by `readSettings`. */
export interface Env {
  readonly USERS: DurableObjectNamespace<UserObject>;
  readonly ROOMS: DurableObjectNamespace<RoomObject>;
  readonly ASSETS: Fetcher;
}
