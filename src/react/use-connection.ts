import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { ConnectionState } from "../client/api.ts";
import { useClient } from "./provider.tsx";

/** How the connection stands, and the way to have it tried again at once. */
export type Connection = ConnectionState & { readonly retry: () => void };

/** On a server, and until the page is taken over, nothing can be known but that it will be tried. */
const onServer: ConnectionState = { status: "connecting", attempt: 0 };

/**
 * How the connection stands, and a render whenever that changes.
 *
 * @example
 * const { status } = useConnection();
 * if (status === "disconnected") return <p>Offline</p>;
 */
export function useConnection(): Connection {
  const client = useClient();
  const state = useSyncExternalStore(
    useCallback((listener: () => void) => client.listen("state", listener), [client]),
    useCallback(() => client.state, [client]),
    () => onServer,
  );
  return useMemo(() => {
    const retry = () => {
      // What waits for its next attempt is hurried; what has given up, or was closed, begins anew.
      if (client.state.status === "disconnected" && client.state.retryAt === undefined) client.connect();
      else client.retry();
    };
    return { ...state, retry };
  }, [client, state]);
}
