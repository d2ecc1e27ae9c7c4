import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { reportFrom } from "../../src/operation/report.ts";
import { failDeliveries, platformError } from "../delivery/faults.ts";
import { Platform } from "../delivery/platform.ts";
import { ask, fresh, posted, publisher, tokenOf } from "./service.ts";

let lines: string[] = [];

beforeEach(async () => {
  // The Worker and the first object take the level from the settings, once each.
  await ask("/publish", posted({ event: "e", to: { users: ["somebody"] } }, publisher));
  lines = [];
  for (const name of ["log", "warn", "error"] as const) {
    vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(line));
  }
  reportFrom("info");
});

afterEach(() => {
  reportFrom("error");
  vi.restoreAllMocks();
});

/** The lines of one message, as what they say. */
function told(message: string): unknown[] {
  return lines.map((line): unknown => JSON.parse(line)).filter((line) => isOf(line, message));
}

function isOf(line: unknown, message: string): boolean {
  return typeof line === "object" && line !== null && "message" in line && line.message === message;
}

/** Opens a connection as a browser would. */
async function open(user: string, headers: Record<string, string>, token?: string): Promise<WebSocket> {
  const query = `client=tab&token=${token ?? (await tokenOf(user))}`;
  const response = await ask(`/connect?${query}`, { headers: { Upgrade: "websocket", ...headers } });
  expect(response.headers.get("X-Request-Id")).toBe(headers["X-Request-Id"]);
  if (!response.webSocket) throw new Error("The upgrade is answered with a WebSocket.");
  response.webSocket.accept();
  return response.webSocket;
}

describe("a request's id", () => {
  test("is the one that came with it", async () => {
    const response = await ask("/health", { headers: { "X-Request-Id": "from-the-proxy.17" } });
    expect(response.headers.get("X-Request-Id")).toBe("from-the-proxy.17");
  });

  test.each(["", "two words", "x".repeat(65), '"quoted"'])("is ours instead of %j", async (given) => {
    const response = await ask("/health", { headers: { "X-Request-Id": given } });
    expect(response.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("stands in answers that are errors", async () => {
    const response = await ask("/nothing-here", { headers: { "X-Request-Id": "r-1" } });
    expect([response.status, response.headers.get("X-Request-Id")]).toEqual([404, "r-1"]);
  });
});

describe("the log", () => {
  test("has a line for a connection opened and one for its end, with who it was", async () => {
    const user = fresh("user");
    const caller = { "X-Request-Id": "r-2", "CF-Connecting-IP": "203.0.113.9", "User-Agent": "Firefox/130" };
    const socket = await open(user, caller);
    const who = { requestId: "r-2", address: "203.0.113.9", agent: "Firefox/130", user, client: "tab" };
    const expected = { level: "info", ...who, channel: `user:${user}` };
    expect(told("connection opened")).toMatchObject([expected]);
    socket.close(1000, "bye");
    await vi.waitFor(() => expect(told("connection closed")).toHaveLength(1));
    expect(told("connection closed")).toMatchObject([{ ...expected, by: "client", closeCode: 1000 }]);
  });

  test("says who ended a connection, and why", async () => {
    const user = fresh("user");
    await open(user, { "X-Request-Id": "r-3" });
    await ask(`/users/${user}/disconnect`, posted({}, { ...publisher, "X-Request-Id": "r-4" }));
    expect(told("connection closed")).toMatchObject([
      { requestId: "r-3", user, by: "service", code: "kicked" },
    ]);
    expect(told("user disconnected")).toMatchObject([
      { requestId: "r-4", user, by: "key dev", disconnected: 1 },
    ]);
  });

  test("has a line for a connection refused, with the reason and never the token", async () => {
    await open(fresh("user"), { "X-Request-Id": "r-5", "User-Agent": "curl/8" }, "SENSITIVE");
    expect(told("connection refused")).toMatchObject([
      { level: "info", requestId: "r-5", agent: "curl/8", path: "/connect", code: "unauthorized" },
    ]);
    expect(lines.join()).not.toContain("SENSITIVE");
  });

  test("says who published what to how many, and nothing of what it holds", async () => {
    const to = { users: [fresh("user")], channels: ["nobody:knows"] };
    const event = { id: fresh("id"), event: "greeting", data: { text: "SENSITIVE" }, to };
    await ask("/publish", posted(event, { ...publisher, "X-Request-Id": "r-6" }));
    expect(told("published")).toEqual([
      {
        ...{ level: "info", message: "published", requestId: "r-6", by: "key dev", events: 1 },
        ...{ event: "greeting", id: event.id, delivered: 0, stored: 1, queued: 0, failed: 1 },
        code: "unknown_channel",
      },
    ]);
    expect(lines.join()).not.toContain("SENSITIVE");
  });

  test("has a line for a request refused, with its code and user", async () => {
    const user = fresh("user");
    const headers = { Authorization: `Bearer ${await tokenOf(user)}`, "X-Request-Id": "r-7" };
    expect((await ask("/dead-letters", { headers })).status).toBe(403);
    expect(told("request refused")).toMatchObject([
      { level: "info", requestId: "r-7", method: "GET", path: "/dead-letters", user, code: "forbidden" },
    ]);
  });

  test("says in the object's own line for which request it failed", async () => {
    const user = fresh("user");
    // A table that the object's code is too old for: it fails, and the Worker is told.
    await runInDurableObject(env.USERS.getByName(user), (_instance, { storage: { sql } }) => {
      sql.exec("CREATE TABLE log_life (wrong TEXT)");
    });
    const event = { event: "greeting", to: { users: [user] } };
    await ask("/publish", posted(event, { ...publisher, "X-Request-Id": "r-8" }));
    expect(told("delivery failed in its object")).toMatchObject([
      { level: "warn", requestId: "r-8", object: `user:${user}` },
    ]);
    expect(told("object call failed")).toMatchObject([
      { level: "error", requestId: "r-8", object: "user", name: user, code: "unavailable" },
    ]);
  });

  test("says for which request the queue tried again, gave up, or was refused", async () => {
    const platform = new Platform({ QUEUE_ATTEMPTS: "2", LOG_LEVEL: "info" });
    const [away, conflict] = [fresh("user"), fresh("user")];
    failDeliveries((name) => {
      if (name === away) throw platformError("No answer.", { retryable: true });
      return name === conflict ? [[{ status: "failed", code: "id_conflict", message: "Taken." }]] : undefined;
    });
    const to = { users: [away, ...Array.from({ length: 60 }, () => fresh("user")), conflict] };
    const headers = { ...publisher, "X-Request-Id": "r-10" };
    await platform.ask("/publish", posted({ event: "greeting", to }, headers));
    await platform.drain();
    const of = { message: "queued deliveries failed", requestId: "r-10" };
    const counted = told("queued deliveries failed");
    expect(counted.at(-1)).toMatchObject({ ...of, level: "error", attempt: 2, later: 0, givenUp: 1 });
    expect(counted).toContainEqual(expect.objectContaining({ ...of, level: "warn", attempt: 1, later: 1 }));
    expect(counted).toContainEqual(expect.objectContaining({ ...of, refused: 1, givenUp: 0 }));
  });

  test("has nothing below the level that was asked for", async () => {
    reportFrom("warn");
    await open(fresh("user"), { "X-Request-Id": "r-9" });
    await ask("/publish", posted({ event: "e", to: { users: [fresh("user")] } }, publisher));
    reportFrom("off");
    await ask("/publish", posted({}, publisher));
    expect(lines).toEqual([]);
  });
});
