import { useEffect, useState } from "react";
import { names } from "./names.ts";
import { useTexts } from "./provider.tsx";
import { useConnection } from "./use-connection.ts";

const defaults = {
  /** ms; a connection that is back by then was not missed. */
  delay: 2000,
};

export interface OfflineBannerProps {
  /** ms without a connection before it is told: 2,000 unless it is said. */
  readonly delay?: number | undefined;
  readonly className?: string | undefined;
}

/**
 * Says that there has been no connection for a while, with a way to try again, and that events come late where they are
 * asked for instead of pushed. It takes up no room: it hangs below what stands before it, and stays in sight.
 *
 * @example
 * <header>…</header>
 * <OfflineBanner />
 */
export function OfflineBanner({ delay = defaults.delay, className }: OfflineBannerProps) {
  const connection = useConnection();
  const texts = useTexts();
  // Before `connect` and after `close` nobody is waiting for anything.
  const isClosed = connection.status === "disconnected" && connection.reason === "closed";
  const isAway = useLasting(connection.status !== "connected" && !isClosed, delay);
  const isPolling = connection.status === "connected" && connection.over === "polling";
  return (
    <div className={names("carillon", "carillon-offline", className)}>
      <div
        className={isAway || isPolling ? "carillon-offline-card" : undefined}
        data-away={isAway || undefined}
      >
        <span role="status">{isAway ? texts.noConnection : isPolling ? texts.delayed : ""}</span>
        {isAway && (
          <button type="button" className="carillon-link" onClick={connection.retry}>
            {texts.reconnect}
          </button>
        )}
      </div>
    </div>
  );
}

/** Whether something has been so for a while, without a break. */
function useLasting(isSo: boolean, delay: number): boolean {
  const [hasLasted, setLasted] = useState(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setLasted(true), delay);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [isSo, delay]);
  return isSo && hasLasted;
}
