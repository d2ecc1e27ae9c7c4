import { useState } from "react";

/**
 * Which rows have come or changed while somebody looked, to be given the class `arrived`; what stood there when the page
 * was ready is none of them.
 *
 * @param keys name each row in its present state.
 */
export function useArrivals(keys: readonly string[], isReady: boolean): (key: string) => boolean {
  const [first, setFirst] = useState<ReadonlySet<string>>();
  if (isReady && first === undefined) setFirst(new Set(keys));
  return (key) => first !== undefined && !first.has(key);
}
