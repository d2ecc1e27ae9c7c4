import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import type { ClientError, Position } from "../client/api.ts";
import type { RealtimeChannel } from "./events.ts";
import { useClient } from "./provider.tsx";
import { cell } from "./store.ts";

/** Where following a room begins: at a position, with its history, or now. */
export type Since = Position | "beginning" | undefined;

export interface Subscription {
  readonly status: RealtimeChannel["subscription"];
  /** Why the room may not be followed, where it was refused. */
  readonly error: ClientError | undefined;
}

const none: Subscription = { status: "none", error: undefined };

/**
 * Follows a room while the component is there, and tells how that stands. Rooms are counted, so that two components may
 * follow the same one.
 *
 * @param name the room; `undefined` follows nothing, for a name that is not known yet.
 */
export function useSubscription(name: string | undefined, since?: Since): Subscription {
  const client = useClient();
  const outcome = useMemo(
    () => (name === undefined ? undefined : outcomeOf(client.channel(name))),
    [client, name],
  );
  const from = useSince(since);

  useEffect(() => {
    if (!outcome) return;
    outcome.begin(from);
    // A moment later: where the next component follows the same room, or React mounts this one twice, nothing is left in between.
    return () => queueMicrotask(() => outcome.end());
  }, [outcome, from]);

  return useSyncExternalStore(
    useCallback(
      (listener: () => void) => {
        if (!outcome) return () => {};
        const undo = [
          outcome.view.subscribe(listener),
          // After a reconnect the room is followed anew, and may be refused now.
          client.listen("state", outcome.look),
          client.listen("live", outcome.look),
          client.listen("error", outcome.look),
        ];
        return () => {
          for (const stop of undo) stop();
        };
      },
      [client, outcome],
    ),
    () => outcome?.view.get() ?? none,
    () => none,
  );
}

/** How following one room goes, as a store. */
function outcomeOf(channel: RealtimeChannel) {
  const view = cell(none);
  const show = (status: RealtimeChannel["subscription"], error: ClientError | undefined) => {
    const now = view.get();
    if (now.status !== status || now.error !== error) view.set({ status, error });
  };
  const look = () =>
    show(channel.subscription, channel.subscription === "refused" ? view.get().error : undefined);
  return {
    view,
    look,
    begin(since: Since) {
      channel.subscribe(since === undefined ? {} : { since }).then(look, (error: ClientError) => {
        show(channel.subscription, channel.subscription === "refused" ? error : undefined);
      });
      look();
    },
    end() {
      channel.unsubscribe();
      look();
    },
  };
}

/** The same object for the same position, however often it is written anew. */
function useSince(since: Since): Since {
  const key = typeof since === "object" ? `${since.epoch}.${since.offset}` : since;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the position
  return useMemo(() => since, [key]);
}
