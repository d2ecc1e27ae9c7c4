import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { issueTicket } from "../../src/auth/ticket.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { closeReasons } from "../../src/protocol/close-codes.ts";
import { PING, PONG } from "../../src/protocol/frames.ts";
import { formatPosition } from "../../src/protocol/position.ts";
import { Backend, problemIn } from "../support/backend.ts";
import { type Service, startWranglerDev } from "../support/service.ts";
import { Socket, type SocketOptions } from "../support/socket.ts";
import { type Claims, secondsFromNow, userToken } from "../support/token.ts";

const ticketAnswer = z.strictObject({
  url: z.string(),
  token: z.string(),
  userId: z.string(),
  expiresAt: z.number(),
});

let service: Service;
let backend: Backend;
let names = 0;

beforeAll(async () => {
  service = await startWranglerDev();
  backend = new Backend(service);
});
afterAll(() => service?.stop());

/** A name that no other test uses. */
function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${names}`;
}

const tokenOf = (user: string, more: Claims = {}) => userToken(service, { sub: user, ...more });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** A connection of this user that has been greeted. */
async function enter(user: string, path = "/connect", more: Claims = {}): Promise<Socket> {
  return Socket.greeted(service.wsUrl + path, { headers: bearer(await tokenOf(user, more)) });
}

async function buyTicket(headers: Record<string, string>, body = "") {
  const answer = await backend.ask("/auth/ticket", { method: "POST", headers, body });
  if (answer.status !== 200) throw new Error(`A ticket was refused: ${answer.status} ${answer.text}`);
  return ticketAnswer.parse(JSON.parse(answer.text));
}

/** The connection is told why, in a frame, before it is closed with the same words. */
async function isClosed(socket: Socket, reason: keyof typeof closeReasons): Promise<void> {
  const { code } = closeReasons[reason];
  expect(await socket.ended(`the connection to be closed with ${reason}`)).toEqual({ code, reason });
  expect(socket.frames.at(-1)).toMatchObject({ type: "close", code, reason });
}

describe("the credential (C1)", () => {
  interface Four {
    readonly headers: Record<string, string>;
    readonly protocols: string[];
    readonly query: string;
  }

  /** A request with some of the four, each naming another user. */
  async function request(ways: readonly string[], bad: readonly string[] = []): Promise<Four> {
    const tokenFor = async (way: string) => (bad.includes(way) ? "a.b.c" : await tokenOf(`by-${way}`));
    const headers: Record<string, string> = { Origin: service.url };
    if (ways.includes("header")) headers.Authorization = `Bearer ${await tokenFor("header")}`;
    if (ways.includes("cookie")) headers.Cookie = `theme=dark; token=${await tokenFor("cookie")}`;
    const protocols = ["carillon.v1"];
    if (ways.includes("protocol")) protocols.push(`bearer.${await tokenFor("protocol")}`);
    return { headers, protocols, query: ways.includes("query") ? `?token=${await tokenFor("query")}` : "" };
  }

  test.each<[string, string[]]>([
    ["header", ["header", "protocol", "query", "cookie"]],
    ["protocol", ["protocol", "query", "cookie"]],
    ["query", ["query", "cookie"]],
    ["cookie", ["cookie"]],
  ])("by %s counts first among %j", async (first, ways) => {
    const { headers, protocols, query } = await request(ways);
    for (const path of ["/connect", "/rooms/room:1/connect"]) {
      const socket = await Socket.greeted(`${service.wsUrl}${path}${query}`, { headers, protocols });
      expect(socket.welcome.user).toBe(`by-${first}`);
      expect(socket.protocol).toBe("carillon.v1");
    }
  });

  test.each<[string, string[]]>([
    ["header", ["header", "protocol", "query", "cookie"]],
    ["protocol", ["protocol", "query", "cookie"]],
    ["query", ["query", "cookie"]],
  ])("by %s that is bad is not made good by a later one", async (first, ways) => {
    const { headers, protocols, query } = await request(ways, [first]);
    await isClosed(
      await Socket.open(`${service.wsUrl}/connect${query}`, { headers, protocols }),
      "unauthorized",
    );
  });

  test("need not be JWT: a connection without a subprotocol works too", async () => {
    const options: SocketOptions = { protocols: [], headers: bearer(await tokenOf("plain")) };
    expect((await Socket.greeted(`${service.wsUrl}/connect`, options)).protocol).toBe("");
  });

  test("says who is connected", async () => {
    const exp = secondsFromNow(600);
    const socket = await enter("42", "/connect", { roles: ["DTAM_ADMIN"], exp });
    expect(socket.frames).toEqual([
      {
        type: "welcome",
        connection: expect.stringMatching(/^[0-9a-f-]{36}$/),
        user: "42",
        roles: ["dtam_admin"],
        channels: [
          "user:42",
          "user:42:notifications",
          "notifications:user:42",
          "admin:42",
          "notifications:system",
          "announcements",
          "public:announcements",
          "system:announcements",
          "system:maintenance",
          "status:online",
          "admin:applications",
          "admin:payments",
          "admin:certificates",
          "admin:notifications",
          "admin:system",
          "notifications:role:dtam_admin",
        ],
        position: { epoch: "0", offset: 0 },
        recovered: true,
        counts: { total: 0, unread: 0, unseen: 0 },
        expiresAt: exp * 1000,
        heartbeat: 25_000,
      },
    ]);
  });

  test("ends the connection when it expires", async () => {
    const exp = secondsFromNow(2);
    const [own, direct] = [
      await enter("brief", "/connect", { exp }),
      await enter("brief", "/rooms/room:1/connect", { exp }),
    ];
    for (const socket of [own, direct]) await isClosed(socket, "token_expired");
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
  });
});

describe("a ticket", () => {
  const publisher = () => bearer(service.publishKey);

  test("of a publisher opens the connection of the user it names", async () => {
    const user = fresh("ticket:user");
    const body = JSON.stringify({
      userId: user,
      roles: ["Admin"],
      tenants: ["7"],
      channels: ["clinic:8:queue"],
    });
    const { url, token, userId } = await buyTicket(publisher(), body);
    expect([url, userId]).toEqual([`${service.wsUrl}/connect`, user]);
    const socket = await Socket.greeted(`${url}?token=${token}`);
    expect(socket.welcome).toMatchObject({ user, roles: ["admin"] });
    for (const room of ["clinic:7:queue", "clinic:8:queue"]) await socket.follow(room);
    socket.send({ type: "subscribe", channels: ["clinic:8:alerts"] });
    expect(await socket.next("error", "the refusal")).toMatchObject({ code: "forbidden" });
  });

  test("of a user opens the user's connections, and the session ends with the token that bought it", async () => {
    const user = fresh("ticket");
    const exp = secondsFromNow(300);
    const { token, expiresAt } = await buyTicket(bearer(await tokenOf(user, { exp })));
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 60_000);
    const ways: [string, SocketOptions][] = [
      [`/connect?token=${token}`, {}],
      [`/rooms/room:1/connect?token=${token}`, {}],
      ["/connect", { protocols: ["carillon.v1", `bearer.${token}`] }],
      ["/connect", { headers: bearer(token) }],
    ];
    for (const [path, options] of ways) {
      const { welcome } = await Socket.greeted(service.wsUrl + path, options);
      expect(welcome).toMatchObject({ user, expiresAt: exp * 1000 });
    }
  });

  test("does not count in a cookie", async () => {
    const { token } = await buyTicket(publisher(), '{"userId":"42"}');
    const headers = { Cookie: `token=${token}`, Origin: service.url };
    await isClosed(await Socket.open(`${service.wsUrl}/connect`, { headers }), "unauthorized");
  });

  test("does not buy a ticket, nor publish", async () => {
    const { token } = await buyTicket(publisher(), '{"userId":"42"}');
    const again = await backend.ask("/auth/ticket", { method: "POST", headers: bearer(token) });
    expect(problemIn(again).code).toBe("unauthorized");
    expect(problemIn(await backend.post("[]", bearer(token))).code).toBe("forbidden");
  });

  test("that has expired opens nothing", async () => {
    const settings = settingsOf({
      ENVIRONMENT: "development",
      JWT_SECRET: service.jwtSecret,
      PUBLISH_KEYS: "tests:key-of-the-tests",
    });
    const identity = { userId: "42", roles: [], tenants: [], grants: [], issuedAt: 0 };
    const twoMinutesAgo = Date.now() - 120_000;
    const late = await issueTicket({ ...identity, expiresAt: Date.now() + 60_000 }, settings, twoMinutesAgo);
    await isClosed(await Socket.open(`${service.wsUrl}/connect?token=${late.token}`), "token_expired");
    const plain = await backend.ask("/connect", { headers: bearer(late.token) });
    expect(problemIn(plain).code).toBe("token_expired");
  });

  test("that is truncated opens nothing", async () => {
    const { token } = await buyTicket(publisher(), '{"userId":"42"}');
    for (const cut of [token.slice(0, -4), token.split(".").slice(0, 2).join(".")]) {
      await isClosed(await Socket.open(`${service.wsUrl}/connect?token=${cut}`), "unauthorized");
    }
  });
});

describe("a client", () => {
  test.each<[string, (room: string) => string]>([
    ["the user's object", () => "/connect"],
    ["a room", (room) => `/rooms/${room}/connect`],
  ])("that connects again to %s replaces its older connection, and no other", async (_, pathTo) => {
    const [user, room] = [fresh("user"), `room:${fresh("r")}`];
    const path = pathTo(room);
    const older = await enter(user, `${path}?client=tab-1`);
    const sibling = await enter(user, `${path}?client=tab-2`);
    const stranger = await enter(fresh("user"), `${path}?client=tab-1`);
    const newer = await enter(user, `${path}?client=tab-1`);
    await isClosed(older, "replaced");
    const channel = path === "/connect" ? `user:${user}` : room;
    expect(await backend.publish({ event: "x", to: { channels: [channel] } })).toMatchObject([
      { connections: path === "/connect" ? 2 : 3 },
    ]);
    for (const socket of [sibling, newer]) await socket.next("event", "the event after the replacement");
    expect(older.all("event")).toEqual([]);
    for (const socket of [sibling, newer, stranger]) expect(socket.isOpen).toBe(true);
  });

  test("may be connected to its user's object and to a room at once", async () => {
    const [user, room] = [fresh("user"), `room:${fresh("r")}`];
    const own = await enter(user, "/connect?client=tab-1");
    const direct = await enter(user, `/rooms/${room}/connect?client=tab-1`);
    own.sendRaw(PING);
    direct.sendRaw(PING);
    for (const socket of [own, direct]) await socket.next("pong", "the answer to a ping");
  });

  test("that names none is never replaced", async () => {
    const user = fresh("user");
    const devices = [await enter(user), await enter(user), await enter(user)];
    expect(await backend.publish({ event: "x", to: { users: [user] } })).toMatchObject([{ connections: 3 }]);
    for (const device of devices) await device.next("event", "the event");
  });

  test("left out by name does not get the event, and its position moves", async () => {
    const user = fresh("user");
    const [cause, other] = [
      await enter(user, "/connect?client=cause"),
      await enter(user, "/connect?client=other"),
    ];
    await backend.publish({ event: "x", to: { users: [user] }, except: { client: "cause" } });
    await other.next("event", "the event on the other device");
    expect(await cause.next("skip", "the position to move")).toEqual({
      type: "skip",
      channel: `user:${user}`,
      upTo: 1,
    });
    expect(cause.all("event")).toEqual([]);
  });
});

describe("devices of one user", () => {
  test("get the same events in the same order, with the data to the letter", async () => {
    const user = fresh("user");
    const devices = [await enter(user), await enter(user), await enter(user)];
    const data = { text: 'ใบรับรอง 🎉 \u2028 </script> " \\', number: 1e21, deep: [[{ a: null }]], empty: "" };
    await backend.publish([
      { id: "e1", event: "one", data, to: { users: [user] } },
      { id: "e2", event: "two", to: { channels: [`user:${user}:orders`] } },
      { id: "e3", event: "three", to: { users: [user] }, store: false },
    ]);
    for (const device of devices) {
      await device.next("event", "the last event", ({ event }) => event === "three");
      const at = expect.any(Number);
      expect(device.all("event").toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
        { type: "event", channel: `user:${user}`, event: "one", data, id: "e1", at, offset: 1 },
        { type: "event", channel: `user:${user}:orders`, event: "two", data: null, id: "e2", at, offset: 2 },
        { type: "event", channel: `user:${user}`, event: "three", data: null, id: "e3", at },
      ]);
    }
  });
});

describe("a room's own connection", () => {
  test("gets what is published to the room, like those that follow it over their user's connection", async () => {
    const room = `room:${fresh("r")}`;
    const direct = await enter(fresh("user"), `/rooms/${room}/connect`);
    expect(direct.welcome).toMatchObject({ channels: [room], position: { epoch: "0", offset: 0 } });
    const relayed = await enter(fresh("user"));
    expect(await relayed.follow(room)).toMatchObject({ channel: room, recovered: true });
    expect(await backend.publish({ event: "x", to: { channels: [room] } })).toMatchObject([
      { status: "delivered", offset: 1, connections: 2 },
    ]);
    for (const socket of [direct, relayed]) {
      expect(await socket.next("event", "the room's event")).toMatchObject({ channel: room, offset: 1 });
    }
  });

  test("ends with its purpose", async () => {
    const room = `room:${fresh("r")}`;
    const direct = await enter(fresh("user"), `/rooms/${room}/connect`);
    direct.send({ type: "unsubscribe", ref: 9, channels: [room] });
    expect(await direct.next("unsubscribed", "the answer")).toEqual({
      type: "unsubscribed",
      ref: 9,
      channel: room,
      code: "requested",
    });
    await isClosed(direct, "bye");
  });
});

describe("resuming", () => {
  test.each<[string, (user: string, room: string) => [path: string, channel: string]]>([
    ["the user's log", (user) => ["/connect", `user:${user}`]],
    ["a room's log", (_, room) => [`/rooms/${room}/connect`, room]],
  ])("%s gives what was missed, once and in order, and then what comes", async (_, placeFor) => {
    const user = fresh("user");
    const [path, channel] = placeFor(user, `room:${fresh("r")}`);
    const publish = (event: string) => backend.publish({ event, to: { channels: [channel] } });
    const first = await enter(user, path);
    await publish("one");
    await first.next("event", "the first event");
    first.drop();
    await publish("two");
    await publish("three");
    const { welcome } = await enter(user, path);
    const { epoch } = welcome.position;
    expect(welcome.position.offset).toBe(3);

    const since = { epoch, offset: 1 };
    const second = await enter(user, `${path}?since=${formatPosition(since)}`);
    expect(second.welcome).toMatchObject({ recovered: true, position: since });
    expect(await second.next("live", "the end of the replay")).toMatchObject({
      type: "live",
      channel,
      replayed: 2,
    });
    await publish("four");
    await second.next("event", "the live event", ({ event }) => event === "four");
    expect(second.all("event").map(({ event, offset }) => [event, offset])).toEqual([
      ["two", 2],
      ["three", 3],
      ["four", 4],
    ]);

    const whole = await enter(user, `${path}?since=0.0`);
    expect(await whole.next("live", "the end of the whole replay")).toMatchObject({ replayed: 4 });

    for (const lost of ["another.1", `${epoch}.99`]) {
      const restarted = await enter(user, `${path}?since=${lost}`);
      expect(restarted.welcome).toMatchObject({ recovered: false, position: { epoch, offset: 4 } });
      restarted.sendRaw('{"type":"ping","ref":"no replay"}');
      await restarted.next("pong", "the answer to a ping");
      expect(restarted.all("event")).toEqual([]);
    }
  });

  test("a room over the user's connection gives what was missed, once and in order", async () => {
    const [user, room] = [fresh("user"), `room:${fresh("r")}`];
    const publish = (event: string) => backend.publish({ event, to: { channels: [room] } });
    const first = await enter(user);
    await first.follow(room);
    await publish("one");
    const { offset } = await first.next("event", "the first event");
    first.close(1000);
    await first.ended();
    await publish("two");
    const second = await enter(user);
    const { position } = await second.follow(room);
    expect(position).toMatchObject({ offset: 2 });
    second.send({ type: "unsubscribe", channels: [room] });
    await second.next("unsubscribed", "the room to be left");
    const since = `${position.epoch}.${offset}`;
    expect(await second.follow(room, since)).toMatchObject({ recovered: true, position: { offset: 1 } });
    expect(await second.next("live", "the end of the replay")).toEqual({
      type: "live",
      channel: room,
      replayed: 1,
    });
    await publish("three");
    await second.next("event", "the live event", ({ event }) => event === "three");
    expect(second.all("event").map(({ event }) => event)).toEqual(["two", "three"]);
    expect(await second.follow(room, "another.1")).toMatchObject({ recovered: false });
  });

  test("a long log comes in pages and without a hole", async () => {
    const user = fresh("user");
    const events = Array.from({ length: 100 }, (_, index) => ({ event: `e${index}`, to: { users: [user] } }));
    for (let batch = 0; batch < 5; batch += 1) await backend.publish(events);
    const socket = await enter(user, "/connect?since=0.0");
    await socket.next("live", "the end of the replay", ({ replayed }) => replayed === 500);
    const offsets = socket.all("event").map(({ offset }) => offset);
    expect(offsets).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });
});

describe("a ping (C6)", () => {
  test.each(["/connect", "/rooms/room:ping/connect"])("on %s is answered to the letter", async (path) => {
    const socket = await enter(fresh("user"), path);
    socket.sendRaw(PING);
    await socket.until(() => socket.messages.length === 2, "the pong");
    expect(socket.messages[1]).toBe(PONG);
  });

  test.each<[string, string, object[]]>([
    ["written otherwise", '{ "type" : "ping" }', [{ type: "pong" }]],
    ["with a ref", '{"type":"ping","ref":"a"}', [{ type: "pong", ref: "a" }]],
    [
      "among others",
      '[{"type":"ping","ref":1},{"type":"ping","ref":2}]',
      [
        { type: "pong", ref: 1 },
        { type: "pong", ref: 2 },
      ],
    ],
  ])("%s is answered too", async (_, message, pongs) => {
    const socket = await enter(fresh("user"));
    socket.sendRaw(message);
    await socket.until(() => socket.all("pong").length === pongs.length, "all pongs");
    expect(socket.all("pong")).toEqual(pongs);
  });
});

describe("a closing handshake", () => {
  const places: [string, string][] = [
    ["the user's object", "/connect"],
    ["a room", "/rooms/room:closing/connect"],
  ];
  const closes: [string, number | undefined, string | undefined, number, string][] = [
    ["without a code", undefined, undefined, 1005, ""],
    ["with 1000", 1000, undefined, 1000, ""],
    ["with 1000 and a reason", 1000, "the tab was closed", 1000, "the tab was closed"],
    ["with 1001", 1001, "", 1001, ""],
    ["with a code of the application", 4321, "ลาก่อน", 4321, "ลาก่อน"],
    ["with the longest reason", 1000, "r".repeat(123), 1000, "r".repeat(123)],
    ["with the longest reason in Thai", 1000, "ก".repeat(41), 1000, "ก".repeat(41)],
  ];

  test.each(places.flatMap(([place, path]) => closes.map((close) => [place, path, ...close] as const)))(
    "of a client of %s (%s) %s is finished",
    async (_, path, __, code, reason, expectedCode, expectedReason) => {
      const socket = await enter(fresh("user"), path);
      socket.close(code, reason);
      expect(await socket.ended("the closing handshake to finish")).toEqual({
        code: expectedCode,
        reason: expectedReason,
      });
    },
  );

  test("leaves a user without connections, and the next publish is stored", async () => {
    const user = fresh("user");
    const [closed, dropped] = [await enter(user), await enter(user)];
    closed.close(1000);
    dropped.drop();
    await closed.ended();
    await expect
      .poll(async () => (await backend.publish({ event: "x", to: { users: [user] } }))[0], {
        message: "awaited that no connection is left",
        timeout: 10_000,
      })
      .toMatchObject({ status: "stored", connections: 0 });
  });

  test("lets go of the rooms that were followed", async () => {
    const room = `room:${fresh("r")}`;
    const follower = await enter(fresh("user"));
    await follower.follow(room);
    follower.close(1000);
    await follower.ended();
    await expect
      .poll(async () => (await backend.publish({ event: "x", to: { channels: [room] } }))[0], {
        message: "awaited that nobody follows the room",
        timeout: 10_000,
      })
      .toMatchObject({ status: "stored", connections: 0 });
  });

  test("leaves no error behind", () => {
    const lines = service.output().split("\n");
    expect(lines.filter((line) => /\blevel\W+error|uncaught|\[ERROR\]/i.test(line))).toEqual([]);
  });
});
