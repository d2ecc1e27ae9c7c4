import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Backend } from "../support/backend.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Service, startService } from "../support/service.ts";
import { userToken } from "../support/token.ts";
import { connectedOver, Tabs } from "./tab/page.ts";

let browser: Browser;
let service: Service;
let backend: Backend;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startService()]);
  backend = new Backend(service);
});

afterAll(async () => {
  await Promise.all([browser?.close(), service?.stop()]);
});

/** A user whose tabs are opened in a browser of their own, and a room that some of them follow. */
async function person(user: string) {
  const tabs = await Tabs.in(await browser.newContext(), service);
  const token = await userToken(service, { sub: user, tenants: ["7"] });
  const room = `clinic:7:${user}`;
  const open = (over: "websocket" | "tab", isInRoom = false) =>
    tabs.open(token, over, isInRoom ? room : undefined);
  return { user, room, open };
}

/** Publishes numbers to a user and to a room without a pause, until it is stopped. */
class Ticker {
  /** Up to which number the service has taken what was published. */
  taken = 0;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(user: string, room: string) {
    this.#running = this.#run(user, room);
  }

  /** Resolves when so many more have been taken. */
  async more(count: number): Promise<void> {
    const enough = this.taken + count;
    await expect.poll(() => this.taken, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(enough);
  }

  /** @returns everything that was published. */
  async stop(): Promise<number[]> {
    this.#isOver = true;
    await this.#running;
    return numbers(1, this.taken);
  }

  async #run(user: string, room: string): Promise<void> {
    while (!this.#isOver) {
      const data = this.taken + 1;
      const outcomes = await backend.publish([
        // With the place that the next of the user's log has: it must not be taken for that.
        { event: "tock", data, to: { channels: [room] } },
        { event: "tick", data, to: { users: [user] } },
      ]);
      expect(outcomes.map(({ status }) => status)).not.toContain("failed");
      this.taken = data;
    }
  }
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const told = (page: Page) => page.evaluate(() => window.tab());

const seenUser = z.object({
  connections: z.array(z.object({ client: z.string(), rooms: z.array(z.string()) })),
});

/** The connections that the service has of a user. */
async function connectionsOf(user: string) {
  const headers = { Authorization: `Bearer ${service.publishKey}` };
  const { text } = await backend.ask(`/users/${user}`, { headers });
  return seenUser.parse(JSON.parse(text)).connections;
}

/** Waits until a tab has everything up to the last, and checks that it had it once and in order. */
async function hasAll(page: Page, journal: Readonly<Record<string, number[]>>): Promise<void> {
  const last = (journal.tick ?? journal.tock)?.at(-1);
  await page.waitForFunction(
    ({ names, last }) => names.every((name) => window.tab().journal[name]?.at(-1) === last),
    { names: Object.keys(journal), last },
  );
  expect(await told(page)).toMatchObject({ journal, stats: { gaps: 0 }, faults: [] });
  expect(Object.keys((await told(page)).journal).sort()).toEqual(Object.keys(journal).sort());
}

describe("tabs of one person in a browser", () => {
  it("share one connection, and lose and repeat nothing when the tab that holds it is closed", async () => {
    const { user, room, open } = await person("ada");
    const first = await open("websocket");
    const second = await open("tab", true);
    // It follows the room over a connection that is not its own.
    await expect.poll(() => connectionsOf(user)).toMatchObject([{ rooms: [room] }]);
    const ticker = new Ticker(user, room);
    await ticker.more(20);
    expect(await connectionsOf(user)).toHaveLength(1);
    const late = await open("tab");
    const knownAt = ticker.taken;
    await ticker.more(20);
    // What it has so far it has in order; the room is followed by the other tab alone.
    const before = await told(first);
    expect(before.journal).toEqual({ tick: numbers(1, before.journal.tick?.length ?? 0) });
    expect(before.journal.tick?.length).toBeGreaterThan(20);

    await first.close();
    await connectedOver(second, "websocket");
    await connectedOver(late, "tab");
    await ticker.more(20);
    const all = await ticker.stop();
    await hasAll(second, { tick: all, tock: all });
    const from = (await told(late)).journal.tick?.[0] ?? 0;
    // One more may have been delivered just before, and its answer have been on its way.
    expect(from).toBeLessThanOrEqual(knownAt + 2);
    await hasAll(late, { tick: numbers(from, all.length) });
    await expect.poll(() => connectionsOf(user)).toMatchObject([{ rooms: [room] }]);
    expect((await told(second)).stats.reconnects).toBe(1);
  });

  it("go on when the one that holds the connection is loaded again, and when it goes elsewhere", async () => {
    const { user, room, open } = await person("bo");
    const first = await open("websocket", true);
    const second = await open("tab");
    await expect.poll(() => connectionsOf(user)).toMatchObject([{ rooms: [room] }]);
    const ticker = new Ticker(user, room);
    await ticker.more(20);
    await first.reload();
    await connectedOver(second, "websocket");
    await connectedOver(first, "tab");
    await ticker.more(20);
    await second.goto(`${service.url}/elsewhere`);
    await connectedOver(first, "websocket");
    await ticker.more(10);
    // Back again it goes on where it was, as a page does that was loaded again.
    await second.goBack();
    await connectedOver(second, "tab");
    await ticker.more(10);
    const all = await ticker.stop();
    await hasAll(first, { tick: all, tock: all });
    await hasAll(second, { tick: all });
    await expect.poll(() => connectionsOf(user)).toMatchObject([{ rooms: [room] }]);
  });
});
