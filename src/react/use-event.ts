import { useEffect } from "react";
import type { AnyEventListener, EventListener, EventName, EventOrigin } from "./events.ts";
import { useClient } from "./provider.tsx";
import { useLatest } from "./use-latest.ts";

export interface UseEventOptions {
  /** Only events of this channel. It does not follow a room; `useChannel` does. */
  readonly channel?: string | undefined;
}

/**
 * Calls a function with each event of a name, `*` for any, while the component is there. It is always the function of the
 * latest render, so it needs no `useCallback`, and changing it misses nothing.
 *
 * @example
 * useEvent("payment:confirmed", (data) => setBalance(data.amount));
 */
export function useEvent(name: "*", listener: AnyEventListener, options?: UseEventOptions): void;
export function useEvent<Name extends EventName>(
  name: Name,
  listener: EventListener<Name>,
  options?: UseEventOptions,
): void;
export function useEvent(name: string, listener: AnyEventListener, { channel }: UseEventOptions = {}): void {
  const client = useClient();
  const latest = useLatest(listener);
  useEffect(() => {
    const source: EventOrigin = channel === undefined ? client : client.channel(channel);
    return source.on(name, (data, event) => latest.current(data, event));
  }, [client, channel, name, latest]);
}
