import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { formatPosition, type Position } from "../../src/protocol/position.ts";
import { Backend, problemIn } from "../support/backend.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { type Claims, userToken } from "../support/token.ts";

const position = z.strictObject({ epoch: z.string(), offset: z.number() });

const polled = z.strictObject({
  events: z.array(z.object({ type: z.literal("event"), event: z.string(), offset: z.number() })),
  position,
  recovered: z.boolean(),
  more: z.boolean(),
  pollAfter: z.number(),
});

let state: string;
let service: Service;
let backend: Backend;

/** Starts the service on the storage of the one before. */
async function restart(vars: Record<string, string>): Promise<void> {
  await service?.stop();
  service = await startService({ vars, state });
  backend = new Backend(service);
}

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "carillon-polling-"));
  await restart({ PAGE_EVENTS: "5" });
});
afterAll(async () => {
  await service?.stop();
  await rm(state, { recursive: true, force: true });
});

async function ask(path: string, user: string, more: Claims = {}) {
  const headers = { Authorization: `Bearer ${await userToken(service, { sub: user, ...more })}` };
  return backend.ask(path, { headers });
}

async function poll(path: string, user: string, more: Claims = {}) {
  const answer = await ask(path, user, more);
  if (answer.status !== 200) throw new Error(`A poll was answered ${answer.status}: ${answer.text}`);
  expect(answer.headers.get("Cache-Control")).toBe("no-store");
  return polled.parse(JSON.parse(answer.text));
}

const namesIn = ({ events }: z.output<typeof polled>) =>
  events.map(({ event, offset }) => `${event}@${offset}`);

const numbered = (count: number, to: object) =>
  Array.from({ length: count }, (_, index) => ({ event: `e${index + 1}`, to }));

const since = (at: Position) => `since=${encodeURIComponent(formatPosition(at))}`;

async function connect(path: string, user: string): Promise<Socket> {
  return Socket.open(`${service.wsUrl}${path}?token=${await userToken(service, { sub: user })}`);
}

describe("GET /events", () => {
  test("begins at the top, and brings page after page of what follows a position", async () => {
    expect(await poll("/events", "anna")).toEqual({
      events: [],
      position: { epoch: "0", offset: 0 },
      recovered: true,
      more: false,
      pollAfter: 5000,
    });
    await backend.publish(numbered(12, { users: ["anna"] }));
    const seen: string[] = [];
    let at: Position = { epoch: "0", offset: 0 };
    for (const [limit, count, pollAfter] of [
      ["", 5, 0],
      ["&limit=3", 3, 0],
      // More than a page is not given, whatever is asked for.
      ["&limit=1000", 4, 5000],
    ] as const) {
      const page = await poll(`/events?${since(at)}${limit}`, "anna");
      expect(page).toMatchObject({ recovered: true, more: pollAfter === 0, pollAfter });
      expect(page.events).toHaveLength(count);
      seen.push(...namesIn(page));
      at = page.position;
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, index) => `e${index + 1}@${index + 1}`));
    expect(await poll(`/events?${since(at)}`, "anna")).toMatchObject({
      events: [],
      position: at,
      more: false,
    });
    expect(await poll("/events?since=another.3", "anna")).toMatchObject({ recovered: false, position: at });
  });

  test("leaves out what is not meant for this device", async () => {
    const to = { users: ["bert"] };
    await backend.publish([
      { event: "others", to, except: { client: "tab-1" } },
      { event: "all", to },
    ]);
    expect(namesIn(await poll("/events?since=0.0&client=tab-1", "bert"))).toEqual(["all@2"]);
    expect(namesIn(await poll("/events?since=0.0", "bert"))).toEqual(["others@1", "all@2"]);
  });

  test("walks backwards as well, for who wants all that the log still has", async () => {
    await backend.publish(numbered(7, { users: ["berta"] }));
    const { position: top } = await poll("/events", "berta");
    const first = await poll(`/events?before=${formatPosition({ ...top, offset: top.offset + 1 })}`, "berta");
    expect(namesIn(first)).toEqual(["e3@3", "e4@4", "e5@5", "e6@6", "e7@7"]);
    const rest = await poll(`/events?before=${formatPosition(first.position)}`, "berta");
    expect(namesIn(rest)).toEqual(["e1@1", "e2@2"]);
    expect([first.more, rest.more]).toEqual([true, false]);
  });

  test("is for users", async () => {
    for (const path of ["/events", "/rooms/room:a/events"]) {
      expect(problemIn(await backend.ask(path)).code).toBe("unauthorized");
      expect(problemIn(await backend.ask(path, { method: "POST" })).code).toBe("method_not_allowed");
    }
  });
});

describe("GET /rooms/:room/events", () => {
  test("walks a room's history backwards, newest page first, and forwards", async () => {
    await backend.publish(numbered(12, { channels: ["clinic:7:queue"] }));
    const nurse = { tenants: ["7"] };
    const path = "/rooms/clinic:7:queue/events";
    const top = (await poll(path, "nora", nurse)).position;
    expect(top.offset).toBe(12);
    const pages: string[][] = [];
    let at = { ...top, offset: top.offset + 1 };
    for (let more = true; more; ) {
      const page = await poll(`${path}?before=${formatPosition(at)}`, "nora", nurse);
      pages.push(namesIn(page));
      ({ position: at, more } = page);
    }
    expect(pages.map(({ length }) => length)).toEqual([5, 5, 2]);
    expect(pages.reverse().flat()).toEqual(Array.from({ length: 12 }, (_, at) => `e${at + 1}@${at + 1}`));
    expect(namesIn(await poll(`${path}?since=0.10`, "nora", nurse))).toEqual(["e11@11", "e12@12"]);
    expect(problemIn(await ask(`${path}?since=0.0`, "nora", { tenants: ["8"] })).code).toBe("forbidden");
  });

  test("of a room in which nothing was ever published is empty, by either way", async () => {
    for (const query of ["since=0.0", "before=0.1", "before=0.0"]) {
      const answer = await poll(`/rooms/room:empty/events?${query}`, "nora");
      expect(answer).toMatchObject({ events: [], recovered: true, more: false });
    }
  });
});

test.each([
  ["/events?since=", "invalid_request"],
  ["/events?since=abc", "invalid_request"],
  ["/events?since=e.-1", "invalid_request"],
  ["/events?since=e.1.2", "invalid_request"],
  ["/events?before=now", "invalid_request"],
  ["/events?since=e.1&before=e.2", "invalid_request"],
  ["/events?limit=0", "invalid_request"],
  ["/events?limit=", "invalid_request"],
  ["/events?limit=1.5", "invalid_request"],
  ["/events?limit=many", "invalid_request"],
  ["/rooms/room:a/events?since=e.1&before=e.2", "invalid_request"],
  ["/rooms/room:a/events?before=now", "invalid_request"],
  ["/rooms/nobody:knows/events", "unknown_channel"],
  ["/rooms/not%20a%20name/events", "invalid_channel"],
  ["/rooms/user:42/events", "forbidden"],
])("GET %s is answered %s", async (path, code) => {
  expect(problemIn(await ask(path, "anna")).code).toBe(code);
});

describe("the kill switch (C11)", () => {
  test("turns sockets away while everything is kept, and polled, and resumed when it is over", async () => {
    const socket = await connect("/connect", "kim");
    const { position: start } = await socket.next("welcome", "the greeting");
    await backend.publish({ event: "before", to: { users: ["kim"], channels: ["room:switch"] } });
    const { offset } = await socket.next("event", "the event before the switch");
    expect(offset).toBe(start.offset + 1);
    await restart({ REALTIME_ENABLED: "false" });
    await socket.ended("the open connection to end with its service");
    for (const path of ["/connect", "/rooms/room:switch/connect"]) {
      const refused = await connect(path, "kim");
      expect(await refused.ended("the upgrade to be refused")).toEqual({ code: 1013, reason: "disabled" });
      expect(refused.frames).toMatchObject([{ type: "close", code: 1013, reason: "disabled" }]);
    }
    const targets = await backend.publish([
      { event: "during", to: { users: ["kim"], channels: ["room:switch"] } },
      { event: "after", to: { users: ["kim"] } },
    ]);
    expect(targets.map(({ status }) => status)).toEqual(["stored", "stored", "stored"]);
    const missed = await poll("/events?since=0.1", "kim");
    expect(namesIn(missed)).toEqual(["during@2", "after@3"]);
    expect(missed).toMatchObject({ recovered: true, more: false });
    expect(missed.pollAfter).toBeGreaterThanOrEqual(15_000);
    const inRoom = await poll("/rooms/room:switch/events?since=0.0", "kim");
    expect(namesIn(inRoom)).toEqual(["before@1", "during@2"]);
    expect(inRoom.pollAfter).toBeGreaterThanOrEqual(15_000);

    await restart({});
    const token = await userToken(service, { sub: "kim" });
    const again = await Socket.greeted(`${service.wsUrl}/connect?token=${token}&${since(missed.position)}`);
    expect(again.welcome).toMatchObject({ recovered: true, position: missed.position });
    await backend.publish({ event: "on-again", to: { users: ["kim"] } });
    await again.next("event", "an event after the switch");
    expect(again.all("event").map(({ event, offset: at }) => `${event}@${at}`)).toEqual(["on-again@4"]);
  });
});
