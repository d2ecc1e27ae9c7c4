import { useCallback, useEffect, useRef, useState } from "react";

export interface Polled<Value> {
  /** As it was last told; also while it cannot be asked for. */
  readonly value: Value | undefined;
  /** Why the last question had no answer; nothing where it had one. */
  readonly error: unknown;
  /** Asks now. */
  readonly reload: () => Promise<void>;
}

/**
 * Asks for something now and then, while somebody looks at the page. An answer that comes after a newer one is dropped.
 *
 * @param ask stays the same as long as the same is asked for.
 * @param every ms from one answer to the next question.
 */
export function usePolled<Value>(ask: () => Promise<Value>, every: number): Polled<Value> {
  const [state, setState] = useState<{ readonly value?: Value; readonly error?: unknown }>({});
  const newest = useRef(0);
  const reload = useCallback(async () => {
    newest.current += 1;
    const turn = newest.current;
    try {
      const value = await ask();
      if (turn === newest.current) setState({ value });
    } catch (error) {
      if (turn === newest.current) setState((before) => ({ ...before, error }));
    }
  }, [ask]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isHere = true;
    const again = async () => {
      if (document.visibilityState === "visible") await reload();
      if (isHere) timer = setTimeout(() => void again(), every);
    };
    const look = () => document.visibilityState === "visible" && void reload();
    document.addEventListener("visibilitychange", look);
    void again();
    return () => {
      isHere = false;
      newest.current += 1;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [reload, every]);
  return { value: state.value, error: state.error, reload };
}
