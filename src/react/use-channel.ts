import { useCallback, useEffect, useMemo } from "react";
import type { Received, Store } from "../client/api.ts";
import type { AnyEventListener, RealtimeChannel } from "./events.ts";
import { useClient } from "./provider.tsx";
import { cell, useStore } from "./store.ts";
import { useLatest } from "./use-latest.ts";
import { type RoomPresence, useRoomPresence } from "./use-presence.ts";
import { type Since, type Subscription, useSubscription } from "./use-subscription.ts";
import { type RoomTyping, useRoomTyping } from "./use-typing.ts";

const defaults = {
  /** Events. */
  keep: 50,
};

export interface UseChannelOptions {
  /** Where to begin: with the room's history, at a position; now unless it is said. */
  readonly since?: Since;
  /** How many of the newest events `events` holds: 50 unless it is said, 0 for none. */
  readonly keep?: number | undefined;
  /** Called with each event of the room. */
  readonly onEvent?: AnyEventListener | undefined;
}

/** A room as a component sees it. */
export interface ChannelView extends RoomTyping {
  readonly name: string | undefined;
  readonly status: Subscription["status"];
  /** Why the room may not be followed, where `status` is `refused`. */
  readonly error: Subscription["error"];
  /** What has come while the component was there, the newest last. */
  readonly events: readonly Received[];
  readonly presence: RoomPresence;
  /** Publishes an event that the room's rule allows; queued while there is no connection. */
  readonly publish: RealtimeChannel["publish"];
  /** The room's history, page by page. */
  readonly history: RealtimeChannel["history"];
}

/**
 * Follows a room while the component is there: its events, who is there, who is typing, and a way to publish.
 *
 * @param name the room; `undefined` follows nothing, for a name that is not known yet.
 * @example
 * const { events, presence, publish } = useChannel("room:lobby", { since: "beginning" });
 */
export function useChannel(
  name: string | undefined,
  { since, keep = defaults.keep, onEvent }: UseChannelOptions = {},
): ChannelView {
  const client = useClient();
  const channel = name === undefined ? undefined : client.channel(name);
  const latest = useLatest(onEvent);
  // Listeners first: following may bring the history at once.
  const events = useNewest(channel, keep);
  useEffect(() => channel?.on("*", (data, event) => latest.current?.(data, event)), [channel, latest]);
  const { status, error } = useSubscription(name, since);
  const presence = useRoomPresence(name);
  const typing = useRoomTyping(name);

  const publish = useCallback<RealtimeChannel["publish"]>(
    async (...event) => await needed(channel).publish(...event),
    [channel],
  );
  const history = useCallback<RealtimeChannel["history"]>(
    async (options) => await needed(channel).history(options),
    [channel],
  );
  return useMemo(
    () => ({ name, status, error, events, presence, ...typing, publish, history }),
    [name, status, error, events, presence, typing, publish, history],
  );
}

const noEvents: readonly Received[] = [];

/** The newest events of a channel while the component is there, the newest last. */
function useNewest(channel: RealtimeChannel | undefined, keep: number): readonly Received[] {
  const newest = useMemo(() => newestOf(channel, keep), [channel, keep]);
  return useStore(newest, noEvents);
}

function newestOf(channel: RealtimeChannel | undefined, keep: number): Store<readonly Received[]> {
  const events = cell(noEvents);
  return {
    get: events.get,
    subscribe(listener) {
      if (keep <= 0) return () => {};
      const undo = [
        events.subscribe(listener),
        channel?.on("*", (_, event) => events.set([...events.get(), event].slice(-keep))),
      ];
      return () => {
        for (const stop of undo) stop?.();
      };
    },
  };
}

function needed(channel: RealtimeChannel | undefined): RealtimeChannel {
  if (!channel) throw new Error("useChannel has no channel's name yet.");
  return channel;
}
