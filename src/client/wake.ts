import type { Undo } from "./api.ts";

/**
 * Calls back when there may be a network again: the device came online, or its page is looked at again. Where there are
 * no such events (Node, React Native) it never does; an app calls `client.retry()` then.
 */
export function onWake(run: () => void): Undo {
  const seen = () => {
    if (document.visibilityState === "visible") run();
  };
  const change = (verb: "addEventListener" | "removeEventListener") => {
    globalThis[verb]?.("online", run);
    globalThis[verb]?.("pageshow", run);
    globalThis.document?.[verb]("visibilitychange", seen);
  };
  change("addEventListener");
  return () => change("removeEventListener");
}

/** Whether the device itself says that it has no network. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}
