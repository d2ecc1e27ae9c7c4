import { describe, expect, test } from "vitest";
import { ask, askWith, fresh, ORIGIN, posted, problemOf, publisher, tokenOf } from "./service.ts";

const vars = { BROADCAST_ROLES: "Announcer,director" };
const announcer = () => tokenOf(fresh("user"), { roles: ["ANNOUNCER"] });
const broadcast = { event: "ANNOUNCEMENT", data: { message: "Hear" }, to: { channels: ["announcements"] } };

async function channelsReached(response: Response): Promise<unknown> {
  expect(response.status).toBe(200);
  const { results } = (await response.json()) as {
    results: { targets: { channel: string; code?: string }[] }[];
  };
  return results.map(({ targets }) =>
    targets.map(({ channel, code }) => (code === "forbidden" ? code : channel)),
  );
}

describe("a user with a role of BROADCAST_ROLES", () => {
  test("publishes to audiences, one event or several, with all that an event may have", async () => {
    const Authorization = `Bearer ${await announcer()}`;
    const batch = [
      {
        ...broadcast,
        id: fresh("id"),
        to: { users: [], channels: ["announcements", "system:maintenance"], everyone: false },
        only: { tenants: ["7"] },
        except: { user: "42" },
        notification: { type: "system", title: "Hear", message: "Hear this" },
        ttl: 60,
      },
      broadcast,
    ];
    const response = await askWith(vars, "/publish", posted(batch, { Authorization }));
    expect(await channelsReached(response)).toEqual([
      ["announcements", "system:maintenance"],
      ["announcements"],
    ]);
  });

  test("may show the token in each of the four ways", async () => {
    const token = await announcer();
    const ways: [string, Record<string, string>][] = [
      ["/publish", { Authorization: `Bearer ${token}` }],
      ["/publish", { "Sec-WebSocket-Protocol": `bearer.${token}` }],
      [`/publish?token=${token}`, {}],
      ["/publish", { Cookie: `token=${token}`, Origin: ORIGIN }],
    ];
    for (const [path, headers] of ways) {
      const response = await askWith(vars, path, posted(broadcast, headers));
      expect(await channelsReached(response)).toEqual([["announcements"]]);
    }
  });

  test.each<[string, Record<string, string>]>([
    ["no origin", {}],
    ["an origin that is not allowed", { Origin: "https://evil.example" }],
  ])("is nobody by a cookie with %s", async (_, headers) => {
    const Cookie = `token=${await announcer()}`;
    const response = await askWith(vars, "/publish", posted(broadcast, { ...headers, Cookie }));
    expect((await problemOf(response)).code).toBe("unauthorized");
  });

  test.each<[string, (room: string) => object]>([
    ["a user", () => ({ to: { users: ["42"] } })],
    ["a user beside an audience", () => ({ to: { users: ["42"], channels: ["announcements"] } })],
    ["a room", (room) => ({ to: { channels: [room] } })],
    ["a room beside an audience", (room) => ({ to: { channels: ["announcements", room] } })],
    ["a personal channel", () => ({ to: { channels: ["user:42"] } })],
    ["the channel that stands for every user", () => ({ to: { channels: ["user:*"] } })],
    ["a channel that no rule knows", () => ({ to: { channels: ["nonsense:1"] } })],
    ["a name that is not well formed", () => ({ to: { channels: ["not valid"] } })],
    ["a role", () => ({ to: { roles: ["farmer"] } })],
    ["a role beside an audience", () => ({ to: { roles: ["farmer"], channels: ["announcements"] } })],
    ["a tenant", () => ({ to: { tenants: ["7"] } })],
    ["everyone", () => ({ to: { everyone: true } })],
  ])("may not publish to %s, and nothing of the request is delivered", async (_, said) => {
    const room = `room:${fresh("r")}`;
    const Authorization = `Bearer ${await announcer()}`;
    for (const body of [{ ...broadcast, ...said(room) }, [broadcast, { ...broadcast, ...said(room) }]]) {
      const response = await askWith(vars, "/publish", posted(body, { Authorization }));
      const { code, issues } = await problemOf(response);
      expect([code, issues?.map(({ path }) => path)]).toEqual([
        "forbidden",
        [Array.isArray(body) ? "1.to" : "to"],
      ]);
    }
    const next = await ask("/publish", posted({ event: "x", to: { channels: [room] } }, publisher));
    expect(await next.json()).toMatchObject({ results: [{ targets: [{ offset: 1 }] }] });
  });

  test("may not leave the targets to the routing table", async () => {
    const Authorization = `Bearer ${await announcer()}`;
    const data = { title: "Now", message: "Hear", type: "info", priority: "normal" };
    const body = { event: "system:announcement", data };
    expect((await askWith(vars, "/publish", posted(body, publisher))).status).toBe(200);
    const response = await askWith(vars, "/publish", posted(body, { Authorization }));
    expect((await problemOf(response)).code).toBe("forbidden");
  });
});

describe("a user without such a role", () => {
  test.each<[string, Record<string, string>, string[]]>([
    ["is forbidden to broadcast", vars, ["admin"]],
    ["is forbidden without any role", vars, []],
    ["is forbidden where no role is listed", {}, ["announcer"]],
    ["is forbidden as an operator, too", { OPERATOR_ROLES: "admin", ...vars }, ["admin"]],
  ])("%s", async (_, variables, roles) => {
    const Authorization = `Bearer ${await tokenOf("42", { roles })}`;
    const response = await askWith(variables, "/publish", posted(broadcast, { Authorization }));
    expect((await problemOf(response)).code).toBe("forbidden");
  });
});

test("who has neither key nor token is told what is wanted", async () => {
  const response = await askWith(vars, "/publish", posted(broadcast));
  const { code, detail } = await problemOf(response);
  expect(code).toBe("unauthorized");
  expect(detail).toMatch(
    /^A publish key is required, as Authorization: Bearer <secret>, or a user's token\. /,
  );
});
