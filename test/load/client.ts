import { setTimeout as wait } from "node:timers/promises";
import { Connection } from "../../src/cli/connection.ts";
import type { Credentials } from "./credentials.ts";
import type { Outcome } from "./outcome.ts";

export interface ClientOptions {
  readonly service: URL;
  readonly credentials: Credentials;
  readonly number: number;
  readonly signal: AbortSignal;
  /** Told of each thing that went well or did not. */
  readonly outcome: Outcome;
}

/** One user with one connection. What fails is told to the outcome and ends this client only. */
export class Client {
  readonly #options: ClientOptions;
  #connection: Connection | undefined;
  #channel = "";

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** @param pause milliseconds to wait before. */
  async connect(pause: number): Promise<void> {
    const { service, credentials, number, signal, outcome } = this.#options;
    try {
      if (pause > 0) await wait(pause, undefined, { signal });
      const token = await credentials(`load-${number}`, signal);
      const startedAt = performance.now();
      const connection = new Connection(service, token, { signal });
      this.#connection = connection;
      const { user } = await connection.next("welcome", "the welcome");
      this.#channel = `user:${user}`;
      outcome.connected(performance.now() - startedAt);
    } catch (error) {
      this.drop();
      this.#connection = undefined;
      outcome.failed("connecting", error);
    }
  }

  /**
   * Sends messages, each when the one before was answered: it asks to follow what it follows anyway, which reaches the
   * user's object and changes nothing there.
   */
  async send(messages: number): Promise<void> {
    const { outcome } = this.#options;
    const connection = this.#connection;
    if (connection === undefined) return;
    try {
      for (let ref = 1; ref <= messages; ref++) {
        const startedAt = performance.now();
        connection.send(JSON.stringify({ type: "subscribe", ref, channels: [this.#channel] }));
        await connection.next("subscribed", `the answer to message ${ref}`, (frame) => frame.ref === ref);
        outcome.answered(performance.now() - startedAt);
      }
    } catch (error) {
      outcome.failed("sending", error);
    }
  }

  drop(): void {
    this.#connection?.drop();
  }
}
