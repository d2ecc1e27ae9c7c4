import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { app } from "../../src/http/app.ts";
import { fresh, ORIGIN, posted, problemOf, publisher, tokenOf } from "./service.ts";

/** A limit that lets so many through for each key, and keeps the keys that it was asked for. */
class FakeLimit implements RateLimit {
  readonly keys: string[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async limit({ key }: RateLimitOptions): Promise<RateLimitOutcome> {
    this.keys.push(key);
    return { success: this.keys.filter((one) => one === key).length <= this.#limit };
  }
}

async function ask(bindings: object, path: string, init: RequestInit): Promise<Response> {
  const ctx = createExecutionContext();
  const variables = { RATE_LIMITS: "on", ...bindings };
  const response = await app.fetch(new Request(`${ORIGIN}${path}`, init), { ...env, ...variables }, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

const body = () => ({ event: "one", to: { users: [fresh("user")] } });

describe("the rate limits", () => {
  it("answer a publisher who is too fast with 429 and Retry-After, each key by itself", async () => {
    const PUBLISHES_BY_KEY = new FakeLimit(2);
    const publish = (headers: Record<string, string>) =>
      ask({ PUBLISHES_BY_KEY }, "/publish", posted(body(), headers));
    for (let at = 0; at < 2; at++) expect((await publish(publisher)).status).toBe(200);
    const refused = await publish(publisher);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect((await problemOf(refused)).code).toBe("rate_limited");
    expect((await publish({ Authorization: "Bearer dev-only-other-key" })).status).toBe(200);
    // The name of a key is counted, never its secret.
    expect(PUBLISHES_BY_KEY.keys).toEqual(["dev", "dev", "dev", "other"]);
  });

  it("do not count who has no key", async () => {
    const PUBLISHES_BY_KEY = new FakeLimit(0);
    const response = await ask({ PUBLISHES_BY_KEY }, "/publish", posted(body()));
    expect((await problemOf(response)).code).toBe("unauthorized");
    expect(PUBLISHES_BY_KEY.keys).toEqual([]);
  });

  it("count broadcasts by user, apart from what keys publish", async () => {
    const bindings = {
      BROADCASTS_BY_USER: new FakeLimit(1),
      PUBLISHES_BY_KEY: new FakeLimit(0),
      BROADCAST_ROLES: "announcer",
    };
    const [one, other] = [fresh("user"), fresh("user")];
    const codes: string[] = [];
    for (const user of [one, one, other]) {
      const Authorization = `Bearer ${await tokenOf(user, { roles: ["announcer"] })}`;
      // The request is counted, whatever becomes of it.
      codes.push((await problemOf(await ask(bindings, "/publish", posted("{", { Authorization })))).code);
    }
    expect(codes).toEqual(["invalid_json", "rate_limited", "invalid_json"]);
    expect(bindings.BROADCASTS_BY_USER.keys).toEqual([one, one, other]);
    expect(bindings.PUBLISHES_BY_KEY.keys).toEqual([]);
  });

  it("refuse an upgrade before its token is looked at, by address", async () => {
    const UPGRADES_BY_ADDRESS = new FakeLimit(0);
    const headers = { Upgrade: "websocket", "CF-Connecting-IP": "192.0.2.7" };
    expect(await reasonOf(await ask({ UPGRADES_BY_ADDRESS }, "/connect", { headers }))).toBe("rate_limited");
    expect(UPGRADES_BY_ADDRESS.keys).toEqual(["192.0.2.7"]);
  });

  it("refuse an upgrade by user, wherever it comes from", async () => {
    const UPGRADES_BY_USER = new FakeLimit(2);
    const user = fresh("user");
    const Authorization = `Bearer ${await tokenOf(user)}`;
    const paths = ["/connect", `/rooms/${encodeURIComponent(`room:${fresh("lobby")}`)}/connect`, "/connect"];
    const reasons: string[] = [];
    for (const path of paths) {
      const headers = { Upgrade: "websocket", Authorization };
      reasons.push(await reasonOf(await ask({ UPGRADES_BY_USER }, path, { headers })));
    }
    expect(reasons).toEqual(["welcome", "welcome", "rate_limited"]);
    expect(UPGRADES_BY_USER.keys).toEqual([user, user, user]);
  });

  it.each([
    ["in development, unless they are turned on", { RATE_LIMITS: "auto", ENVIRONMENT: "development" }, 200],
    ["when they are turned off", { RATE_LIMITS: "off" }, 200],
    ["when they are turned on", { RATE_LIMITS: "on" }, 429],
    ["where none is bound", { RATE_LIMITS: "on", PUBLISHES_BY_KEY: undefined }, 200],
  ])("are in force or not: %s", async (_case, variables, status) => {
    const bindings = { PUBLISHES_BY_KEY: new FakeLimit(0), ...variables };
    expect((await ask(bindings, "/publish", posted(body(), publisher))).status).toBe(status);
  });
});

/** The first frame's type, or the reason where it is a `close`. */
async function reasonOf({ webSocket }: Response): Promise<string> {
  if (!webSocket) throw new Error("It is no WebSocket.");
  const first = new Promise<string>((resolve) => {
    webSocket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true });
  });
  webSocket.accept();
  const { type, reason } = JSON.parse(await first) as { type: string; reason?: string };
  return reason ?? type;
}
