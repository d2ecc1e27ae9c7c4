import { useCallback, useState } from "react";

const keyOf = (user: string) => `carillon-portal-dismissed ${user}`;

/** The announcement that somebody has put away on this device, and the way to put another away. */
export function useDismissed(user: string): readonly [string | undefined, (id: string) => void] {
  const [id, setId] = useState(() => localStorage.getItem(keyOf(user)) ?? undefined);
  const dismiss = useCallback(
    (next: string) => {
      localStorage.setItem(keyOf(user), next);
      setId(next);
    },
    [user],
  );
  return [id, dismiss];
}
