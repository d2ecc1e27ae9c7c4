import { useEffect } from "react";
import { type Announcement, announcementEvents, announcementOf } from "./announcement.ts";
import type { EventOrigin } from "./events.ts";
import { useClient } from "./provider.tsx";
import { useLatest } from "./use-latest.ts";

/**
 * Calls a function with each announcement while the component is there.
 *
 * @param events the names of the events that are announcements.
 */
export function useAnnouncements(
  listener: (announcement: Announcement) => void,
  events: readonly string[] = announcementEvents,
): void {
  const client: EventOrigin = useClient();
  const latest = useLatest(listener);
  const wanted = events.join("\n");
  useEffect(() => {
    const undo = wanted
      .split("\n")
      .filter((event) => event !== "")
      .map((event) =>
        client.on(event, (_, received) => {
          const announcement = announcementOf(received);
          if (announcement) latest.current(announcement);
        }),
      );
    return () => {
      for (const stop of undo) stop();
    };
  }, [client, wanted, latest]);
}
