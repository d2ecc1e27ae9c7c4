import type { Position } from "../../protocol/position.ts";
import { positionIn } from "./fake-log.ts";

/** Where a room's own sockets are. */
export function roomPath(name: string): string {
  return `/rooms/${encodeURIComponent(name)}/connect`;
}

/** Whose own socket it is; nothing where it is a user's. */
export function roomAt({ pathname }: URL): string | undefined {
  const [, name] = /^\/rooms\/([^/]+)\/connect$/.exec(pathname) ?? [];
  return name === undefined ? undefined : decodeURIComponent(name);
}

export function sinceOf(url: URL): Position | undefined {
  return positionIn(url.searchParams.get("since"));
}
