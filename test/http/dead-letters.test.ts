import { describe, expect, test } from "vitest";
import { issueDevToken } from "../../src/auth/dev-token.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { failDeliveries, platformError } from "../delivery/faults.ts";
import { logOf } from "../delivery/logged.ts";
import { Platform } from "../delivery/platform.ts";
import { ask, fresh, problemOf, publisher, tokenOf } from "./service.ts";

/** Lets a publish to this user become a dead letter, and gives its number. */
async function kill(platform: Platform, user: string, event: object = {}): Promise<number> {
  let isDead = true;
  failDeliveries((name) => {
    if (isDead && name === user) throw platformError(`No answer from ${user}.\n    at secret.ts:1`);
  });
  await platform.publish({
    id: `id-${user}`,
    event: "paid",
    data: "SENSITIVE",
    to: { users: [user] },
    ...event,
  });
  await platform.drain();
  isDead = false;
  const { deadLetters } = await platform.deadLetters("?limit=1");
  const [letter] = deadLetters;
  if (letter?.object?.name !== user) throw new Error("It did not become a dead letter.");
  return letter.id;
}

describe("a dead letter", () => {
  test("is listed with its reason, but not with what it says nor with a stack", async () => {
    const platform = new Platform();
    const user = fresh("user");
    await kill(platform, user);
    const response = await platform.ask("/dead-letters?limit=1", { headers: publisher });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      deadLetters: [
        {
          code: "unavailable",
          reason: `Error: No answer from ${user}.`,
          object: { kind: "user", name: user },
          publications: [{ id: `id-${user}`, events: [{ channel: `user:${user}`, event: "paid" }] }],
        },
      ],
    });
    expect(text).not.toContain("SENSITIVE");
    expect(text).not.toContain("secret.ts");
    expect(response.headers.get("Content-Type")).toBe("application/json");
  });

  test("is delivered again, answered like a publish, and forgotten", async () => {
    const platform = new Platform();
    const user = fresh("user");
    const id = await kill(platform, user);
    const retried = await platform.retry(id);
    expect([retried.status, await retried.json()]).toEqual([
      200,
      {
        id,
        results: [
          {
            id: `id-${user}`,
            event: "paid",
            targets: [
              { channel: `user:${user}`, status: "stored", offset: 1, connections: 0, duplicate: false },
            ],
          },
        ],
      },
    ]);
    expect(await logOf(user)).toEqual([`id-${user}`]);
    expect((await platform.deadLetters()).deadLetters.map((letter) => letter.id)).not.toContain(id);
    expect((await problemOf(await platform.retry(id))).code).toBe("not_found");
  });

  test("that is retried twice at once is delivered once", async () => {
    const platform = new Platform();
    const user = fresh("user");
    const id = await kill(platform, user);
    const answers = await Promise.all([platform.retry(id), platform.retry(id)]);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(await logOf(user)).toEqual([`id-${user}`]);
  });

  test("is kept, with the new reason, when it fails again", async () => {
    const platform = new Platform();
    const user = fresh("user");
    const id = await kill(platform, user);
    failDeliveries(() => {
      throw platformError("Too many requests.", { overloaded: true });
    });
    const problem = await problemOf(await platform.retry(id));
    expect([problem.code, problem.status]).toEqual(["overloaded", 503]);
    const { deadLetters } = await platform.deadLetters("?limit=1");
    expect(deadLetters).toMatchObject([{ id, code: "overloaded", reason: "Error: Too many requests." }]);
  });

  test("is kept when its id is in conflict", async () => {
    const platform = new Platform();
    const user = fresh("user");
    const id = await kill(platform, user);
    await platform.publish({ id: `id-${user}`, event: "paid", data: "other", to: { users: [user] } });
    expect((await problemOf(await platform.retry(id))).code).toBe("id_conflict");
    expect((await platform.deadLetters("?limit=1")).deadLetters).toMatchObject([{ id, code: "id_conflict" }]);
  });

  test("of a room is delivered to the room", async () => {
    const platform = new Platform();
    const room = `room:${fresh("r")}`;
    const id = await kill(platform, room, { to: { channels: [room] } });
    const answer = await (await platform.retry(id)).json();
    expect(answer).toMatchObject({
      results: [{ targets: [{ channel: room, status: "stored", offset: 1 }] }],
    });
  });
});

describe("the dead letters", () => {
  test("are listed in pages, newest first", async () => {
    const platform = new Platform();
    const numbers: number[] = [];
    for (const user of [fresh("a"), fresh("b"), fresh("c")]) numbers.unshift(await kill(platform, user));
    const [newest, second, third] = numbers;
    const first = await platform.deadLetters("?limit=2");
    expect([first.deadLetters.map(({ id }) => id), first.more]).toEqual([[newest, second], true]);
    const next = await platform.deadLetters(`?limit=1&before=${second}`);
    expect(next.deadLetters.map(({ id }) => id)).toEqual([third]);
    const end = await platform.deadLetters("?before=1");
    expect(end).toEqual({ deadLetters: [], more: false });
  });

  test.each(["limit=0", "limit=x", "limit=1.5", "before=-1", "before=a", "limit="])(
    "are not listed with ?%s",
    async (query) => {
      const response = await ask(`/dead-letters?${query}`, { headers: publisher });
      expect((await problemOf(response)).code).toBe("invalid_request");
    },
  );

  test.each(["0", "-1", "1.5", "x", "99999999", "1e300", "%00"])("have no number %s", async (id) => {
    const response = await ask(`/dead-letters/${id}/retry`, { method: "POST", headers: publisher });
    expect((await problemOf(response)).code).toBe("not_found");
  });

  test("are for operators alone", async () => {
    const platform = new Platform({ OPERATOR_ROLES: "admin" });
    const settings = settingsOf(platform.env);
    const admin = await issueDevToken({ userId: fresh("admin"), roles: ["admin"] }, settings, Date.now());
    const routes: [string, RequestInit][] = [
      ["/dead-letters", {}],
      ["/dead-letters/99999999/retry", { method: "POST" }],
    ];
    for (const [path, init] of routes) {
      const codeFor = async (token?: string) => {
        const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
        const response = await platform.ask(path, { ...init, headers });
        return response.ok ? "ok" : (await problemOf(response)).code;
      };
      const allowed = init.method === "POST" ? "not_found" : "ok";
      expect([
        await codeFor(),
        await codeFor(await tokenOf(fresh("user"))),
        await codeFor(admin.token),
      ]).toEqual(["unauthorized", "forbidden", allowed]);
    }
  });
});
