import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { z } from "zod";
import type { Settings } from "../../src/config/settings.ts";
import { decodeWebhook } from "../../src/objects/webhook-parcel.ts";
import { FakeQueue } from "../delivery/platform.ts";
import { fresh } from "./listener.ts";
import { withSettings } from "./remembered.ts";

const webhook = z.strictObject({
  id: z.string(),
  event: z.string(),
  at: z.number(),
  source: z.string(),
  epoch: z.string(),
  sequence: z.number(),
  data: z.record(z.string(), z.unknown()),
});

export type ToldWebhook = z.output<typeof webhook>;

/** The queue of webhooks, in the hands of a test. */
export class WebhookQueue extends FakeQueue {
  constructor() {
    super("carillon-webhooks");
  }

  /** What was told under a source, or of a user, so far. */
  of(subject: string): ToldWebhook[] {
    return this.waiting.flatMap(({ body }) => {
      const parcel = decodeWebhook(body);
      if (!parcel) throw new Error("It is no webhook.");
      return parcel.subject === subject ? webhook.parse(JSON.parse(parcel.body)) : [];
    });
  }

  /** Waits until so much was told of it, and gives that. */
  async until(subject: string, count: number): Promise<ToldWebhook[]> {
    await expect
      .poll(() => this.of(subject).length, { timeout: 12_000, interval: 50 })
      .toBeGreaterThanOrEqual(count);
    return this.of(subject);
  }
}

const configured = { WEBHOOK_URL: "https://backend.test/hook", WEBHOOK_SECRET: ["s".repeat(32)] };

/** Lets all objects of this file tell webhooks during a task. Those that are awake learn of it when they sleep. */
export async function withWebhooks(
  change: Partial<Settings>,
  task: (queue: WebhookQueue) => Promise<void>,
): Promise<void> {
  const queue = new WebhookQueue();
  const objects = await runInDurableObject(
    env.USERS.getByName(fresh("any")),
    (instance) => (instance as unknown as { env: { WEBHOOKS: unknown } }).env,
  );
  const before = objects.WEBHOOKS;
  objects.WEBHOOKS = queue;
  try {
    await withSettings({ ...configured, ...change }, () => task(queue));
  } finally {
    objects.WEBHOOKS = before;
  }
}
