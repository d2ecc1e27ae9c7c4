import type { Received } from "../../../client/index.ts";

/** As many as a page of the clinic looks back over. */
const MOST = 200;

/**
 * The stored events of a room in their order, each once: what was read, what has come, and what came again.
 *
 * @returns the very same list where there is nothing new.
 */
export function mergedEvents(known: readonly Received[], come: readonly Received[]): readonly Received[] {
  const ids = new Set(known.map(({ id }) => id));
  const news = come.filter(({ id, offset }) => {
    if (offset === undefined || ids.has(id)) return false;
    ids.add(id);
    return true;
  });
  if (news.length === 0) return known;
  return [...known, ...news]
    .sort((one, other) => one.at - other.at || (one.offset ?? 0) - (other.offset ?? 0))
    .slice(-MOST);
}
