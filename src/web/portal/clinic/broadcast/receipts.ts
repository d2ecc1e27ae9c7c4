import * as z from "zod/mini";
import { askService, Refused } from "../../service.ts";

/** Somebody who has a broadcast. */
export interface Receipt {
  readonly user: string;
  /** Devices that have said that they received it. */
  readonly devices: number;
  readonly isSeen: boolean;
  readonly isRead: boolean;
}

/** Who has a broadcast, of so many who are connected now. */
export interface Reach {
  readonly receipts: readonly Receipt[];
  readonly connected: number;
}

const stats = z.object({ users: z.number(), list: z.array(z.object({ user: z.string() })) });

const receipt = z.object({
  received: z.array(z.object({ client: z.string() })),
  seenAt: z.nullable(z.number()),
  readAt: z.nullable(z.number()),
});

/** Users who are asked one by one. */
const MOST = 50;

/**
 * Asks the service who has an event: of those who are connected, and of those who are named. It is for operators.
 *
 * @throws {Refused} with the service's code, `forbidden` to others.
 */
export async function reachOf(id: string, named: readonly string[], token: string): Promise<Reach> {
  const { users, list } = await askService(stats, `/stats?connections=true&limit=${MOST}`, { token });
  const asked = [...new Set([...named, ...list.map(({ user }) => user)])].slice(0, MOST);
  const receipts = await Promise.all(asked.map((user) => receiptOf(id, user, token)));
  return { connected: users, receipts: receipts.filter((one) => one !== undefined) };
}

/** @returns nothing where the event is not in the user's log: it was not for them, or is not there yet. */
async function receiptOf(id: string, user: string, token: string): Promise<Receipt | undefined> {
  const path = `/users/${encodeURIComponent(user)}/events/${encodeURIComponent(id)}`;
  try {
    const { received, seenAt, readAt } = await askService(receipt, path, { token });
    return { user, devices: received.length, isSeen: seenAt !== null, isRead: readAt !== null };
  } catch (error) {
    if (error instanceof Refused && error.code === "not_found") return undefined;
    throw error;
  }
}
