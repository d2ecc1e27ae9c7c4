import { type RefObject, useInsertionEffect, useRef } from "react";

/** The value of the latest render that was shown, for callbacks that outlive a render. */
export function useLatest<Value>(value: Value): RefObject<Value> {
  const latest = useRef(value);
  // Before every other effect, so that what they call is already the newest.
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
