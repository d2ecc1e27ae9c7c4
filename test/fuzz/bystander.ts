import { randomUUID } from "node:crypto";
import { z } from "zod";
import { PING } from "../../src/protocol/frames.ts";
import type { Client } from "./client.ts";
import { Line } from "./line.ts";
import type { Target } from "./target.ts";

const published = z.object({
  results: z.tuple([z.object({ targets: z.tuple([z.object({ status: z.string() })]) })]),
});

export interface BystanderOptions {
  readonly target: Target;
  readonly client: Client;
  readonly token: string;
  /** Where it connects to. */
  readonly path: string;
  /** What it follows. */
  readonly channel: string;
}

/** Somebody who listens at the same object as the one who misbehaves, and must not notice. */
export class Bystander implements Disposable {
  readonly #options: BystanderOptions;
  #line: Line | undefined;

  constructor(options: BystanderOptions) {
    this.#options = options;
  }

  /** @throws {Error} when an event that is published now does not reach it. */
  async check(): Promise<void> {
    const line = await this.#connected();
    const id = randomUUID();
    // Connections that do not ping are dead.
    line.send({ data: PING, isBinary: false });
    await this.#publish(id);
    await line.until(
      () => line.frames.some((frame) => frame.type === "event" && frame.id === id),
      "the event that a bystander should get",
    );
    line.forget();
  }

  async open(): Promise<void> {
    await this.#connected();
  }

  [Symbol.dispose](): void {
    this.#line?.drop();
  }

  /** A new connection only after a failure, for the runs that look for the smallest one. */
  async #connected(): Promise<Line> {
    const { target, path, token } = this.#options;
    if (!this.#line) {
      const headers = { Authorization: `Bearer ${token}` };
      this.#line = await Line.greeted(target.url.replace(/^http/, "ws") + path, { headers });
    }
    const line = this.#line;
    if (line.end) {
      this.#line = undefined;
      throw new Error(`A bystander was disconnected. ${line.seen()}`);
    }
    return line;
  }

  async #publish(id: string): Promise<void> {
    const { target, client, channel } = this.#options;
    const answer = await client.send({
      method: "POST",
      path: "/publish",
      headers: { Authorization: `Bearer ${target.publishKey}` },
      body: new Uint8Array(
        Buffer.from(JSON.stringify({ id, event: "still-there", to: { channels: [channel] } })),
      ),
      sending: "whole",
    });
    const told = answer?.status === 200 ? published.parse(JSON.parse(answer.text)) : undefined;
    if (told?.results[0].targets[0].status !== "delivered") {
      throw new Error(`A publish to a bystander was answered ${answer?.status} ${answer?.text}`);
    }
  }
}
