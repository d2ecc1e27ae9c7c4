import { useMemo } from "react";
import type { Store } from "../client/api.ts";
import { useClient } from "./provider.tsx";
import { useStore } from "./store.ts";
import { useSubscription } from "./use-subscription.ts";

const nobody: readonly string[] = [];
const empty: Store<readonly string[]> = { get: () => nobody, subscribe: () => () => {} };

export interface RoomTyping {
  /** The ids of the users who are typing, without oneself. */
  readonly typing: readonly string[];
  /** To be called at each keystroke; the others are told every few seconds only. */
  readonly startTyping: () => void;
  /** To be called when the text was sent; otherwise it ends by itself. */
  readonly stopTyping: () => void;
}

/** Who is typing in a room, which is followed while the component is there. */
export function useTyping(name: string | undefined): RoomTyping {
  useSubscription(name);
  return useRoomTyping(name);
}

/** Who is typing in a room that something else follows. */
export function useRoomTyping(name: string | undefined): RoomTyping {
  const client = useClient();
  const channel = name === undefined ? undefined : client.channel(name);
  const typing = useStore(channel?.typing ?? empty, nobody);
  return useMemo(
    () => ({
      typing,
      startTyping: () => channel?.startTyping(),
      stopTyping: () => channel?.stopTyping(),
    }),
    [typing, channel],
  );
}
