import { SignJWT } from "jose";
import type { Connecting } from "./listener-messages.ts";
import type { Address } from "./publisher-messages.ts";
import type { Secrets } from "./server.ts";

/** Who listens, and where their events are published to. */
export interface Audience {
  readonly name: AudienceName;
  readonly connections: readonly Connecting[];
  readonly targets: readonly Address[];
  /** The targets, by their places, whose events a connection gets. */
  targetsOf(connection: number): readonly number[];
}

/**
 * - `room`: all sockets are one room's own. `deflate`: the same, and they offer compression. `relayed`: they are users'
 *   own and follow the room.
 * - `users`: each is another user's own. `broadcast`: the same, and events are for all of them or for a role.
 */
export type AudienceName = "room" | "deflate" | "relayed" | "users" | "broadcast";

const ROOM = "room:bench";
/** Every second user of a broadcast has it. */
const ROLE = "half";

/** The targets of a broadcast, by their places. */
export const broadcastTargets = { everyone: 0, role: 1 } as const;

/** Beyond so many sockets of a room several are of one user: each user's object holds files open, here in one process. */
const MOST_USERS_OF_ROOM = 2000;
/** Devices of each user then; the service allows fifty in rooms. */
const DEVICES = 40;

/** Makes an audience of so many sockets, each of a user of its own, or in a large room of a device. */
export async function makeAudience(name: AudienceName, sockets: number, secrets: Secrets): Promise<Audience> {
  const isBroadcast = name === "broadcast";
  const isDirect = name === "room" || name === "deflate";
  const devices = isDirect && sockets > MOST_USERS_OF_ROOM ? DEVICES : 1;
  const users = Array.from({ length: sockets }, (_, index) => ({
    user: `listener-${Math.floor(index / devices)}`,
    roles: isBroadcast && hasRole(index) ? [ROLE] : [],
  }));
  const path = isDirect ? `/rooms/${encodeURIComponent(ROOM)}/connect` : "/connect";
  const more = { offersDeflate: name === "deflate", ...(name === "relayed" && { follows: ROOM }) };
  const connections = await Promise.all(
    users.map(async (user) => ({ path, user: user.user, token: await userToken(user, secrets), ...more })),
  );
  switch (name) {
    case "room":
    case "deflate":
    case "relayed":
      return { name, connections, targets: [{ channels: [ROOM] }], targetsOf: () => [0] };
    case "users":
      return {
        name,
        connections,
        targets: users.map(({ user }) => ({ users: [user] })),
        targetsOf: (connection) => [connection],
      };
    case "broadcast": {
      const { everyone, role } = broadcastTargets;
      return {
        name,
        connections,
        targets: [{ everyone: true }, { roles: [ROLE] }],
        targetsOf: (connection) => (hasRole(connection) ? [everyone, role] : [everyone]),
      };
    }
  }
}

function hasRole(connection: number): boolean {
  return connection % 2 === 0;
}

async function userToken(
  { user, roles }: { readonly user: string; readonly roles: readonly string[] },
  { jwtSecret }: Secrets,
): Promise<string> {
  return new SignJWT(roles.length > 0 ? { roles } : {})
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(user)
    .setIssuedAt()
    .setExpirationTime("1 day")
    .sign(new TextEncoder().encode(jwtSecret));
}
