import * as z from "zod/mini";
import { people } from "../../people.ts";
import { askService } from "../../service.ts";
import type { RollCall } from "./attendance.ts";

const stats = z.object({
  at: z.number(),
  users: z.number(),
  list: z.array(z.object({ user: z.string() })),
});

const presence = z.object({
  users: z.array(z.object({ user: z.string(), online: z.boolean(), since: z.nullable(z.number()) })),
});

/** As many as one question may name. */
const MOST = 100;

/**
 * Asks who is online: those who are connected, and those of the cast who count as online a little longer.
 *
 * @throws {Refused} `forbidden` to who is no operator.
 */
export async function callTheRoll(token: string): Promise<RollCall> {
  const { at, users, list } = await askService(stats, `/stats?connections=true&limit=${MOST}`, { token });
  const cast = people.certification.map(({ id }) => id);
  const asked = [...new Set([...cast, ...list.map(({ user }) => user)])].slice(0, MOST);
  const answer = await askService(presence, `/presence?users=${asked.map(encodeURIComponent).join(",")}`, {
    token,
  });
  const online = answer.users.flatMap(({ user, online, since }) =>
    online ? [{ user, since: since ?? at }] : [],
  );
  return { at, count: Math.max(users, online.length), people: online };
}
