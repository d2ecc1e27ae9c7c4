import { SignJWT } from "jose";
import type { Address } from "./publisher-messages.ts";
import type { Secrets } from "./server.ts";

/** Who listens, and where their events are published to. */
export interface Audience {
  readonly name: AudienceName;
  readonly connections: readonly { readonly path: string; readonly token: string }[];
  readonly targets: readonly Address[];
  /** The target, by its place, whose events a connection gets. */
  targetOf(connection: number): number;
}

export type AudienceName = "room" | "users";

const ROOM = "room:bench";

/** Makes an audience of so many sockets, each of a user of its own: all in one room, or each alone. */
export async function makeAudience(name: AudienceName, sockets: number, secrets: Secrets): Promise<Audience> {
  const users = Array.from({ length: sockets }, (_, index) => `listener-${index}`);
  const tokens = await Promise.all(users.map((user) => userToken(user, secrets)));
  if (name === "room") {
    const path = `/rooms/${encodeURIComponent(ROOM)}/connect`;
    return {
      name,
      connections: tokens.map((token) => ({ path, token })),
      targets: [{ channels: [ROOM] }],
      targetOf: () => 0,
    };
  }
  return {
    name,
    connections: tokens.map((token) => ({ path: "/connect", token })),
    targets: users.map((user) => ({ users: [user] })),
    targetOf: (connection) => connection,
  };
}

async function userToken(user: string, { jwtSecret }: Secrets): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(user)
    .setIssuedAt()
    .setExpirationTime("1 day")
    .sign(new TextEncoder().encode(jwtSecret));
}
