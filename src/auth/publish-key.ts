import type { PublishLimits } from "../config/publish-limits.ts";
import type { Settings } from "../config/settings.ts";
import { bearerToken } from "./bearer.ts";

/** A backend that holds a publish key, by the name that `PUBLISH_KEYS` gives it. */
export interface Publisher {
  readonly name: string;
  /** What `PUBLISH_KEY_LIMITS` limits it to; without, it may do everything. */
  readonly limits?: PublishLimits;
}

interface PublishKey {
  readonly name: string;
  readonly digest: Uint8Array;
}

const encoder = new TextEncoder();
const digested = new WeakMap<readonly string[], readonly PublishKey[]>();

/**
 * The publisher whose key the `Authorization: Bearer` header bears, if any. The secret is compared with every key
 * in constant time, by digests, so that neither length nor place of a difference shows.
 *
 * @example await findPublisher("Bearer s3cret-s3cret", settings) // { name: "shop" }
 */
export async function findPublisher(
  authorization: string | null,
  settings: Settings,
): Promise<Publisher | undefined> {
  const secret = bearerToken(authorization);
  if (secret === undefined) return undefined;
  const given = await digest(secret);
  let found: string | undefined;
  for (const key of await keysOf(settings.PUBLISH_KEYS)) {
    // No way out of the loop: its time must not tell which key it was.
    if (equalDigests(given, key.digest)) found ??= key.name;
  }
  if (found === undefined) return undefined;
  const limits = settings.PUBLISH_KEY_LIMITS.get(found);
  return { name: found, ...(limits && { limits }) };
}

async function keysOf(entries: readonly string[]): Promise<readonly PublishKey[]> {
  let keys = digested.get(entries);
  if (!keys) {
    keys = await Promise.all(
      entries.map(async (entry) => {
        const colon = entry.indexOf(":");
        return { name: entry.slice(0, colon), digest: await digest(entry.slice(colon + 1)) };
      }),
    );
    digested.set(entries, keys);
  }
  return keys;
}

async function digest(secret: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(secret)));
}

function equalDigests(one: Uint8Array, other: Uint8Array): boolean {
  // Only the Workers runtime has this; elsewhere every byte is looked at, whatever the earlier ones were.
  if (typeof crypto.subtle.timingSafeEqual === "function") return crypto.subtle.timingSafeEqual(one, other);
  let difference = one.length ^ other.length;
  for (let index = 0; index < one.length; index += 1) difference |= (one[index] ?? 0) ^ (other[index] ?? 0);
  return difference === 0;
}
