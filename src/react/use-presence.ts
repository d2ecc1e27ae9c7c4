import { useMemo } from "react";
import type { PresenceView, Store } from "../client/api.ts";
import { useClient } from "./provider.tsx";
import { useStore } from "./store.ts";
import { useSubscription } from "./use-subscription.ts";

export interface RoomPresence extends PresenceView {
  /** Says something of oneself to the others: where one points, that one is away. Any JSON. */
  readonly set: (state: unknown) => Promise<void>;
}

const nobody: PresenceView = { members: new Map(), count: 0, isNamed: false };
const empty: Store<PresenceView> = { get: () => nobody, subscribe: () => () => {} };

/**
 * Who is in a room, which is followed while the component is there.
 *
 * @param name the room; `undefined` follows nothing.
 * @example
 * const { count, members } = usePresence("clinic:7:queue");
 */
export function usePresence(name: string | undefined): RoomPresence {
  useSubscription(name);
  return useRoomPresence(name);
}

/** Who is in a room that something else follows. */
export function useRoomPresence(name: string | undefined): RoomPresence {
  const client = useClient();
  const presence = name === undefined ? undefined : client.channel(name).presence;
  const view = useStore(presence ?? empty, nobody);
  return useMemo(
    () => ({ ...view, set: async (state: unknown) => await presence?.set(state) }),
    [view, presence],
  );
}
