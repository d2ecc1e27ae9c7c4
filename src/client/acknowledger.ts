import type { Outgoing } from "./frame.ts";
import type { Platform, Timer } from "./platform.ts";

/** How often at most the service is told what has come, in ms. */
const INTERVAL = 1000;

export interface AcknowledgerOptions {
  readonly platform: Platform;
  send(frame: Outgoing): void;
  /** How far the client has come in the connection's log. */
  offset(): number;
}

/** Tells the service what has been received, so that a publisher can ask for it and the service paces itself by it. */
export function createAcknowledger({ platform, send, offset }: AcknowledgerOptions) {
  let told = 0;
  let timer: Timer | undefined;
  return {
    /** Something has come, perhaps. */
    move(): void {
      if (offset() === told) return;
      timer ??= platform.setTimeout(() => {
        timer = undefined;
        told = offset();
        send({ type: "ack", offset: told });
      }, INTERVAL);
    },
    /** The connection is gone. */
    stop(): void {
      platform.clearTimeout(timer);
      timer = undefined;
      told = 0;
    },
  };
}
