import { objectNameOf } from "../channels/name.ts";
import type { RoomObject } from "./room-object.ts";
import type { UserObject } from "./user-object.ts";

/** What wrangler.toml binds; the settings beside it are read by `readSettings`. */
export interface Env {
  readonly USERS: DurableObjectNamespace<UserObject>;
  readonly ROOMS: DurableObjectNamespace<RoomObject>;
  readonly ASSETS: Fetcher;
}

/** A user's object. A stub that failed stays broken: ask anew for each try. */
export function userObject({ USERS }: Pick<Env, "USERS">, user: string): DurableObjectStub<UserObject> {
  return USERS.getByName(user);
}

/** A room's object. A stub that failed stays broken: ask anew for each try. */
export function roomObject({ ROOMS }: Pick<Env, "ROOMS">, room: string): DurableObjectStub<RoomObject> {
  return ROOMS.getByName(objectNameOf(room));
}
