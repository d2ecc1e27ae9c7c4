import type { ConnectionState } from "../client/api.ts";
import { names } from "./names.ts";
import { useTexts } from "./provider.tsx";
import type { Texts } from "./texts.ts";
import { useConnection } from "./use-connection.ts";

export interface ConnectionBadgeProps {
  readonly className?: string | undefined;
}

/** Live, Connecting or Offline, with a way to try again; where events are asked for instead of pushed, it says so. */
export function ConnectionBadge({ className }: ConnectionBadgeProps) {
  const connection = useConnection();
  const texts = useTexts();
  const mode = modeOf(connection);
  return (
    <span className={names("carillon", "carillon-connection", className)} data-status={mode}>
      <span className="carillon-connection-state" role="status">
        <span className="carillon-connection-dot" aria-hidden="true" />
        {wordOf(mode, texts)}
        {mode === "polling" && <span className="carillon-connection-mode">{texts.polling}</span>}
      </span>
      {mode === "offline" && (
        <button type="button" className="carillon-link" onClick={connection.retry}>
          {texts.reconnect}
        </button>
      )}
    </span>
  );
}

type Mode = "live" | "polling" | "connecting" | "offline";

function modeOf(state: ConnectionState): Mode {
  if (state.status === "connected") return state.over === "polling" ? "polling" : "live";
  return state.status === "connecting" ? "connecting" : "offline";
}

function wordOf(mode: Mode, texts: Texts): string {
  return mode === "polling" ? texts.live : texts[mode];
}
