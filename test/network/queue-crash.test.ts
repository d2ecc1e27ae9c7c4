import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as immediate } from "node:timers/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { publishAnswer } from "../../src/cli/answers.ts";
import { buildWorker, type WorkerBundle } from "../bench/worker-bundle.ts";
import { startWorkerd, type Workerd } from "../bench/workerd.ts";
import { workerdConfig } from "../bench/workerd-config.ts";
import { userToken } from "../support/token.ts";

// The built Worker on a runtime whose objects and queues lie on the disk, and which is killed as a crash would.

/** How many users an event is for. `CROWD=10000` takes some minutes, most of them to ask that many users. */
const CROWD = Number(process.env.CROWD ?? 250);
const TIMEOUT = 60_000 + CROWD * 50;

const publishKey = "dev-only-publish-key-of-the-crash-test";
const jwtSecret = "dev-only-secret-that-signs-tokens-of-the-crash-test";

function crowd(name: string): string[] {
  return Array.from({ length: CROWD }, (_, index) => `${name}-${index}`);
}

let folder: string;
let bundle: WorkerBundle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "carillon-queue-"));
  bundle = await buildWorker(folder);
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** A service that can be killed, and started again on what lies on the disk. */
class Crashing {
  readonly #storage: string;
  readonly #config: string;
  #workerd: Workerd | undefined;

  constructor(storage: string) {
    this.#storage = storage;
    this.#config = workerdConfig(bundle, {
      storage,
      vars: {
        ENVIRONMENT: "development",
        JWT_SECRET: jwtSecret,
        PUBLISH_KEYS: `tests:${publishKey}`,
        PARCEL_CALLS: "20",
      },
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#workerd?.port}`;
  }

  async start(): Promise<void> {
    this.#workerd = await startWorkerd(this.#config, folder);
  }

  async kill(): Promise<void> {
    await this.#workerd?.end();
  }

  /** Publishes, and counts what is answered. */
  async publish(event: object): Promise<Record<string, number>> {
    const response = await fetch(`${this.url}/publish`, {
      method: "POST",
      headers: { Authorization: `Bearer ${publishKey}` },
      body: JSON.stringify(event),
    });
    const { results } = publishAnswer.parse(await response.json());
    const counts: Record<string, number> = {};
    for (const { status } of results.flatMap(({ targets }) => targets)) {
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  }

  /** How many users' objects have been made. */
  async objects(): Promise<number> {
    const files = await readdir(join(this.#storage, "UserObject")).catch(() => []);
    return files.filter((file) => file.endsWith(".sqlite")).length;
  }

  /** How often each user has an event, once nothing of it can be on its way any more. */
  async timesOfAll(users: readonly string[], id: string): Promise<number[]> {
    // What is published now goes through the queue behind it.
    await this.publish({ id: "last", event: "last", to: { users } });
    const times: number[] = [];
    const waiting = users.entries();
    const lane = async () => {
      for (const [index, user] of waiting) {
        const ids = await this.until(user, "last");
        times[index] = ids.filter((one) => one === id).length;
      }
    };
    await Promise.all(Array.from({ length: 10 }, lane));
    return times;
  }

  /** Waits until a user has an event. @returns the ids of all that the user has. */
  async until(user: string, id: string): Promise<string[]> {
    const late = AbortSignal.timeout(TIMEOUT);
    const headers = { Authorization: `Bearer ${await userToken({ jwtSecret }, { sub: user })}` };
    for (;;) {
      const response = await fetch(`${this.url}/events?since=0.0`, { headers });
      const ids = polled.parse(await response.json()).events.map((event) => event.id);
      if (ids.includes(id)) return ids;
      if (late.aborted) throw new Error(`${user} never got ${id}.`);
    }
  }
}

const polled = z.object({ events: z.array(z.object({ id: z.string() })) });

async function started(): Promise<Crashing> {
  const storage = await mkdtemp(join(folder, "storage-"));
  const service = new Crashing(storage);
  await service.start();
  onTestFinished(() => service.kill());
  return service;
}

const answer = { stored: 50, queued: CROWD - 50 };

describe("a publish to many, with the service killed midway", { timeout: TIMEOUT }, () => {
  test("reaches each once when it is repeated because nobody answered", async () => {
    const service = await started();
    // A machine that is busy may answer before the kill comes; then others are the ones.
    for (let index = 0; ; index++) {
      const users = crowd(`crowd${index}`);
      const event = { id: "unanswered", event: "greeting", to: { users } };
      const objects = await service.objects();
      const answered = service.publish(event).then(
        () => true,
        () => false,
      );
      while ((await service.objects()) < objects + 5) await immediate();
      await service.kill();
      await service.start();
      if (await answered) continue;
      expect(await service.publish(event)).toEqual(answer);
      expect(await service.timesOfAll(users, event.id)).toEqual(users.map(() => 1));
      return;
    }
  });

  test("reaches each once when it was answered and the queue is half empty", async () => {
    const service = await started();
    const users = crowd("crowd");
    const event = { id: "queued", event: "greeting", to: { users } };
    expect(await service.publish(event)).toEqual(answer);
    await service.until("crowd-50", event.id);
    await service.kill();
    await service.start();
    expect(await service.timesOfAll(users, event.id)).toEqual(users.map(() => 1));
  });
});
