import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type ServerFrame, serverFrame } from "../../src/protocol/frames.ts";
import { Backend } from "../support/backend.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { userToken } from "../support/token.ts";

const COUNT = 150;
const PATIENCE = 10_000;

let service: Service;
let backend: Backend;

beforeAll(async () => {
  const vars = {
    SLOW_CONSUMER_SECONDS: "2",
    SEND_BUFFER_BYTES: "65536",
    MAX_CONNECTIONS_PER_USER: "2",
  };
  service = await startService({ vars });
  backend = new Backend(service);
});
afterAll(() => service?.stop());

async function addressOf(user: string, query: string): Promise<string> {
  return `${service.wsUrl}/connect?token=${await userToken(service, { sub: user })}&${query}`;
}

/** A client whose line can be stopped: nothing is read from it until it goes on. */
class SlowReader {
  readonly frames: ServerFrame[] = [];
  end: { code: number; reason: string } | undefined;
  /** How it answers what comes. */
  onFrame: (frame: ServerFrame) => void = () => undefined;
  readonly ws: WebSocket;

  constructor(url: string) {
    this.ws = new WebSocket(url, ["carillon.v1"]);
    this.ws.on("message", (data) => {
      const message: unknown = JSON.parse(String(data));
      for (const item of Array.isArray(message) ? message : [message]) {
        const frame = serverFrame.parse(item);
        this.frames.push(frame);
        this.onFrame(frame);
      }
    });
    this.ws.on("close", (code, reason) => {
      this.end = { code, reason: reason.toString() };
    });
  }

  ack(offset: number): void {
    this.ws.send(JSON.stringify({ type: "ack", offset }));
  }

  get offsets(): number[] {
    return this.frames.flatMap((frame) => (frame.type === "event" ? [frame.offset ?? 0] : []));
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    await expect.poll(holds, { timeout: PATIENCE, interval: 20, message: `awaited ${what}` }).toBe(true);
  }
}

/** Some 3 MB in events of 20 KB, ten in a request. @returns the longest that a bystander waited for one, in ms. */
async function publishMuch(user: string, bystander: Socket): Promise<number> {
  const data = "x".repeat(20_000);
  let longest = 0;
  for (let from = 0; from < COUNT; from += 10) {
    const events = Array.from({ length: 10 }, (_, at) => ({
      event: `e${from + at + 1}`,
      data,
      to: { users: [user] },
    }));
    const began = Date.now();
    await backend.publish(events);
    await bystander.next("event", `event ${from + 10}`, ({ event }) => event === `e${from + 10}`);
    longest = Math.max(longest, Date.now() - began);
  }
  return longest;
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe("a reader that takes nothing (F6)", () => {
  test("is closed with slow_consumer while others get everything, and resumes without loss", async () => {
    const bystander = await Socket.greeted(await addressOf("anna", "client=other"));
    const reader = new SlowReader(await addressOf("anna", "client=slow"));
    await reader.until(() => reader.frames.length > 0, "the greeting");
    await backend.publish({ event: "first", to: { users: ["anna"] } });
    await reader.until(() => reader.offsets.length === 1, "the first event");
    reader.ack(1);
    reader.ws.send('{"type":"ping","ref":1}');
    await reader.until(() => reader.frames.at(-1)?.type === "pong", "word that the ack was taken");
    reader.ws.pause();
    expect(await publishMuch("anna", bystander)).toBeLessThan(2000);
    expect(bystander.all("event").map(({ offset }) => offset)).toEqual(upTo(COUNT + 1));
    // The service has let go of it when another connection is not one too many.
    const letIn = async () => {
      const third = await Socket.open(await addressOf("anna", "client=third"));
      await third.until(() => third.frames.length > 0, "a greeting or a refusal");
      third.drop();
      return third.frames[0]?.type;
    };
    await expect.poll(letIn, { timeout: PATIENCE, interval: 200 }).toBe("welcome");
    reader.ws.resume();
    await reader.until(() => reader.end !== undefined, "the connection to end");
    expect(reader.end).toEqual({ code: 1013, reason: "slow_consumer" });
    expect(reader.frames.at(-1)).toMatchObject({ type: "close", code: 1013, reason: "slow_consumer" });
    const had = reader.offsets;
    expect(had).toEqual(upTo(had.length));
    expect(had.length).toBeLessThan(20);

    const again = new SlowReader(await addressOf("anna", `client=slow&since=0.${had.length}`));
    await again.until(() => again.frames.at(-1)?.type === "live", "the end of the replay");
    expect(again.frames[0]).toMatchObject({ type: "welcome", recovered: true });
    expect([...had, ...again.offsets]).toEqual(upTo(COUNT + 1));
    await backend.publish({ event: "last", to: { users: ["anna"] } });
    await again.until(() => again.offsets.at(-1) === COUNT + 2, "a live event");
    again.ws.terminate();
  });
});

describe("a reader that is slow and acknowledges what it takes (F6)", () => {
  test("is served from the log at its pace, without loss, and is kept", async () => {
    const bystander = await Socket.greeted(await addressOf("bert", "client=other"));
    const reader = new SlowReader(await addressOf("bert", "client=slow"));
    await reader.until(() => reader.frames.length > 0, "the greeting");
    await backend.publish({ event: "first", to: { users: ["bert"] } });
    // It takes one message at a time with a pause after each, and ten times a second says how far it has come.
    reader.onFrame = () => {
      reader.ws.pause();
      setTimeout(() => reader.ws.resume(), 20);
    };
    let acked = 0;
    const acking = setInterval(() => {
      const offset = reader.offsets.at(-1) ?? 0;
      if (offset > acked) reader.ack(offset);
      acked = offset;
    }, 100);
    expect(await publishMuch("bert", bystander)).toBeLessThan(2000);
    await reader.until(() => reader.offsets.at(-1) === COUNT + 1, "everything");
    clearInterval(acking);
    expect(reader.offsets).toEqual(upTo(COUNT + 1));
    // It had fallen behind and was served by a replay.
    expect(reader.frames.some(({ type }) => type === "live")).toBe(true);
    expect(reader.end).toBeUndefined();
    reader.ws.terminate();
  });
});
