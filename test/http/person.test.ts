import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { shardOf } from "../../src/objects/audience-door.ts";
import { audienceShard } from "../../src/objects/env.ts";
import { logOf } from "../delivery/logged.ts";
import { ask, fresh, posted, problemOf, publisher, tokenOf } from "./service.ts";

const remove = (user: string) =>
  ask(`/users/${encodeURIComponent(user)}`, { method: "DELETE", headers: publisher });

/** Opens a socket; gives the reasons with which it was closed. */
async function open(path: string, token: string): Promise<string[]> {
  const response = await ask(`${path}?token=${token}`, { headers: { Upgrade: "websocket" } });
  const closed: string[] = [];
  response.webSocket?.accept();
  response.webSocket?.addEventListener("close", ({ reason }) => void closed.push(reason));
  return closed;
}

async function notify(user: string, id: string): Promise<void> {
  const notification = { type: "t", title: "T", message: "M" };
  await ask(
    "/publish",
    posted({ id, event: "e", data: { a: 1 }, to: { users: [user] }, notification }, publisher),
  );
}

const exportOf = async (user: string) => {
  const response = await ask(`/users/${encodeURIComponent(user)}/export`, { headers: publisher });
  return { response, text: await response.text() };
};

const memberOf = (user: string) =>
  audienceShard(env, shardOf(user, settingsOf(env).AUDIENCE_SHARDS)).findMember(user);

describe("the export of a user", () => {
  test("holds the log, the inbox, what was said of them, and who is connected", async () => {
    const user = fresh("สมชาย/");
    await notify(user, "id-1");
    const path = `/users/${encodeURIComponent(user)}/identity`;
    await ask(path, { method: "PUT", headers: publisher, body: '{"roles":["nurse"]}' });
    await open("/connect", await tokenOf(user));
    await vi.waitFor(async () => expect(await memberOf(user)).toBeDefined());
    const { response, text } = await exportOf(user);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(JSON.parse(text)).toMatchObject({
      user,
      connections: [{ identity: { userId: user, roles: ["nurse"] } }],
      audience: { user },
      tables: {
        log: [
          { id: "id-1", frame: { event: "e", data: { a: 1 } } },
          { frame: { event: "notification:new" } },
        ],
        inbox: [{ id: "id-1", type: "t" }],
        identity: [{ statement: { roles: ["nurse"] } }],
      },
    });
  });

  test("is whole where it takes several pages", async () => {
    const user = fresh("user");
    const data = "x".repeat(60_000);
    const events = Array.from({ length: 12 }, (_, n) => ({
      id: `${n}`,
      event: "e",
      data,
      to: { users: [user] },
    }));
    for (let n = 0; n < 3; n++) {
      const some = events.map((event) => ({ ...event, id: `${n}-${event.id}` }));
      expect((await ask("/publish", posted(some, publisher))).status).toBe(200);
    }
    const { text } = await exportOf(user);
    const { tables }: { tables: { log: { id: string }[] } } = JSON.parse(text);
    expect(text.length).toBeGreaterThan(2_000_000);
    expect(tables.log.map(({ id }) => id)).toEqual(await logOf(user));
  });

  test("of somebody of whom nothing is known is empty", async () => {
    const { text } = await exportOf(fresh("user"));
    expect(JSON.parse(text)).toMatchObject({ connections: [], audience: null, tables: {} });
  });
});

describe("a user who is deleted", () => {
  test("has no connection, no log, no inbox and no membership any more", async () => {
    const user = fresh("user");
    const token = await tokenOf(user);
    await notify(user, "id-1");
    const own = await open("/connect", token);
    const room = await open(`/rooms/${encodeURIComponent(`room:${fresh("lobby")}`)}/connect`, token);
    await vi.waitFor(async () => expect((await memberOf(user))?.isOnline).toBe(true));
    expect(await (await remove(user)).json()).toEqual({ user, at: expect.any(Number) });
    expect([own, room]).toEqual([["kicked"], ["kicked"]]);
    expect(await memberOf(user)).toBeUndefined();
    const { text } = await exportOf(user);
    const { tables }: { tables: Record<string, unknown[]> } = JSON.parse(text);
    const left = Object.entries(tables).filter(([, rows]) => rows.length > 0);
    // What is left is that their tokens do not count any more.
    expect(left.map(([table]) => table).toSorted()).toEqual(["account", "carillon"]);
  });

  test("does not come back with a token of before", async () => {
    const user = fresh("user");
    const token = await tokenOf(user);
    // A token says in whole seconds when it was issued.
    await remove(user);
    const answer = await ask("/inbox", { headers: { Authorization: `Bearer ${token}` } });
    expect((await problemOf(answer)).code).toBe("unauthorized");
  });

  test("begins anew with what is published later, under another epoch", async () => {
    const user = fresh("user");
    await notify(user, "id-1");
    const before: unknown = JSON.parse((await exportOf(user)).text);
    await remove(user);
    await notify(user, "id-1");
    expect(await logOf(user)).toHaveLength(2);
    const after: unknown = JSON.parse((await exportOf(user)).text);
    const life = { tables: { log_life: [{ epoch: expect.any(String) }] } };
    expect([before, after]).toMatchObject([life, life]);
    expect(epochIn(before)).not.toBe(epochIn(after));
  });

  test("may be deleted again, or never have been there", async () => {
    const user = fresh("user");
    expect([(await remove(user)).status, (await remove(user)).status]).toEqual([200, 200]);
  });

  test("is so at an operator's word alone", async () => {
    const Authorization = `Bearer ${await tokenOf(fresh("user"))}`;
    for (const [method, path] of [
      ["DELETE", "/users/42"],
      ["GET", "/users/42/export"],
    ] as const) {
      expect((await problemOf(await ask(path, { method, headers: { Authorization } }))).code).toBe(
        "forbidden",
      );
    }
  });
});

function epochIn(exported: unknown): string | undefined {
  return /"log_life":\[\{"epoch":"(\w+)"/.exec(JSON.stringify(exported))?.[1];
}
