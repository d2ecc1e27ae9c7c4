import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Service, startService } from "../support/service.ts";
import { userToken } from "../support/token.ts";

/** What the rule of public:{topic} keeps. */
const KEPT = 10_000;
const READERS = 100;

/** Reads a room's own socket without parsing more than offsets: a hundred of these read a million events. */
class Reader {
  readonly offsets: number[] = [];
  isLive = false;
  /** Called with each offset as it comes. */
  onOffset: (offset: number) => void = () => undefined;
  readonly #ws: WebSocket;
  readonly #live: Promise<void>;

  constructor(url: string) {
    this.#ws = new WebSocket(url, ["carillon.v1"]);
    this.#live = new Promise((resolve, reject) => {
      this.#ws.on("error", reject);
      this.#ws.on("close", (code, reason) =>
        reject(new Error(`Closed before it was live: ${code} ${reason}`)),
      );
      this.#ws.on("message", (data) => {
        const text = String(data);
        for (const [, offset] of text.matchAll(/"id":"[^"]*","at":\d+,"offset":(\d+)/g)) {
          this.offsets.push(Number(offset));
          this.onOffset(Number(offset));
        }
        if (
          text.includes('"type":"live"') ||
          (text.includes('"type":"welcome"') && !url.includes("since="))
        ) {
          this.isLive = true;
          resolve();
        }
      });
    });
  }

  untilLive(): Promise<void> {
    return this.#live;
  }

  close(): void {
    this.#ws.removeAllListeners("close");
    this.#ws.terminate();
  }
}

describe("a room that keeps 10,000 events", () => {
  let service: Service;
  const room = "public:long";
  const readers: Reader[] = [];

  beforeAll(async () => {
    service = await startService();
  });

  afterAll(async () => {
    for (const reader of readers) reader.close();
    await service.stop();
  });

  async function publish(event: string, count: number): Promise<void> {
    const events = Array.from({ length: count }, () => ({ event, data: { n: 1 }, to: { channels: [room] } }));
    const response = await fetch(`${service.url}/publish`, {
      method: "POST",
      headers: { Authorization: `Bearer ${service.publishKey}` },
      body: JSON.stringify(events),
    });
    expect(response.status).toBe(200);
  }

  async function open(user: string, since: string): Promise<Reader> {
    const token = await userToken(service, { sub: user });
    const reader = new Reader(`${service.wsUrl}/rooms/${room}/connect?token=${token}${since}`);
    readers.push(reader);
    return reader;
  }

  test(`replays them to ${READERS} clients at once, whole and in order, while others get live events in time (F6)`, async () => {
    for (let sent = 0; sent < KEPT; sent += 100) await publish("kept", 100);
    const listener = await open("listener", "");
    await listener.untilLive();
    const returning = await Promise.all(
      Array.from({ length: READERS }, (_, index) => open(`reader-${index}`, "&since=0.0")),
    );
    // A live event is published while the replays are under way; the listener must not wait for them to end.
    let liveWhenHeard = READERS;
    listener.onOffset = () => {
      liveWhenHeard = Math.min(liveWhenHeard, returning.filter(({ isLive }) => isLive).length);
    };
    await returning[0]?.untilLive();
    await Promise.all([publish("live", 1), ...returning.map((reader) => reader.untilLive())]);
    await expect
      .poll(() => listener.offsets, { message: "the live event at the listener", timeout: 10_000 })
      .toEqual([KEPT + 1]);
    expect(liveWhenHeard).toBeLessThan(READERS);
    for (const reader of returning) {
      await expect
        .poll(() => reader.offsets.at(-1), { message: "the live event at a reader", timeout: 10_000 })
        .toBe(KEPT + 1);
      expect(reader.offsets).toHaveLength(KEPT + 1);
      expect(reader.offsets.every((offset, index) => offset === index + 1)).toBe(true);
    }
  }, 90_000);
});
