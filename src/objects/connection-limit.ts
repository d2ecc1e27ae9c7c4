import type { Settings } from "../config/settings.ts";
import type { CloseReason } from "../protocol/close-codes.ts";
import type { Hub } from "./hub.ts";

/**
 * Makes room for one more connection of a user, or says why there is none. The dead are looked for before anybody is
 * refused.
 *
 * @param client the device that connects; its older connection is about to be replaced and does not count.
 */
export function makeRoomFor(
  client: string,
  hub: Hub,
  settings: Pick<Settings, "MAX_CONNECTIONS_PER_USER" | "ON_TOO_MANY_CONNECTIONS">,
): CloseReason | undefined {
  const limit = settings.MAX_CONNECTIONS_PER_USER;
  const others = () => hub.connections.all.filter(({ attachment }) => attachment.client !== client);
  if (others().length < limit) return undefined;
  hub.sessions.sweep(true);
  const alive = others().toSorted((a, b) => a.attachment.openedAt - b.attachment.openedAt);
  if (alive.length < limit) return undefined;
  if (settings.ON_TOO_MANY_CONNECTIONS === "refuse") return "too_many_connections";
  for (const oldest of alive.slice(0, alive.length - limit + 1)) hub.end(oldest, "too_many_connections");
  return undefined;
}
