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
export class Acknowledger {
  readonly #options: AcknowledgerOptions;
  #told = 0;
  #timer: Timer | undefined;

  constructor(options: AcknowledgerOptions) {
    this.#options = options;
  }

  /** Something has come, perhaps. */
  move(): void {
    const { platform, offset } = this.#options;
    if (this.#timer !== undefined || offset() === this.#told) return;
    this.#timer = platform.setTimeout(() => this.#tell(), INTERVAL);
  }

  /** The connection is gone. */
  stop(): void {
    this.#options.platform.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told = 0;
  }

  #tell(): void {
    this.#timer = undefined;
    this.#told = this.#options.offset();
    this.#options.send({ type: "ack", offset: this.#told });
  }
}
