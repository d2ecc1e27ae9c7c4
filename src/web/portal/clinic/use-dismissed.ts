import { useCallback, useState } from "react";
import { recall, remember } from "../remember.ts";

const keyOf = (user: string) => `carillon-portal-dismissed ${user}`;

/** The announcement that somebody has put away on this device, and the way to put another away. */
export function useDismissed(user: string): readonly [string | undefined, (id: string) => void] {
  const [id, setId] = useState(() => recall("device", keyOf(user)));
  const dismiss = useCallback(
    (next: string) => {
      remember("device", keyOf(user), next);
      setId(next);
    },
    [user],
  );
  return [id, dismiss];
}
