import { useEffect, useMemo, useSyncExternalStore } from "react";
import { type ChannelView, useChannel } from "../../../react/index.ts";
import { usePortal } from "../portal-context.ts";
import { RoomEvents } from "./room-events.ts";

/** A room with what it has kept. */
export interface RoomLog extends Omit<ChannelView, "history"> {
  /** Whether what the room has kept was read. */
  readonly isRead: boolean;
  /** Reads anew what the room has kept: what this device published itself is not sent back to it. */
  readonly read: () => Promise<void>;
}

/** ms until a room that could not be read is asked again. */
const AGAIN = 3000;

/**
 * Follows a room from now on and reads what it has kept, once it is followed and whenever it is followed again. So a page
 * that is loaded anew shows the same, also of a room that has kept more than can be replayed.
 */
export function useRoomLog(name: string): RoomLog {
  const { client } = usePortal();
  const room = useMemo(() => RoomEvents.of(client, name), [client, name]);
  const { events, isRead } = useSyncExternalStore(room.subscribe, room.get);
  const { history: _, ...channel } = useChannel(name, {
    keep: 0,
    onEvent: (_data, event) => room.add([event]),
  });
  const { status } = channel;
  useEffect(() => {
    if (status !== "subscribed") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isHere = true;
    const read = () => {
      room.read().catch(() => {
        if (isHere) timer = setTimeout(read, AGAIN);
      });
    };
    read();
    const undo = client.listen("gap", ({ channel: gone }) => {
      if (gone === name) read();
    });
    return () => {
      isHere = false;
      clearTimeout(timer);
      undo();
    };
  }, [client, name, room, status]);
  return { ...channel, events, isRead, read: () => room.read() };
}
