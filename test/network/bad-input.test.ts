import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { userChannel } from "../../src/channels/access.ts";
import { type CloseReason, closeReasons } from "../../src/protocol/close-codes.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { Backend, problemIn } from "../support/backend.ts";
import { type Service, startWranglerDev } from "../support/service.ts";
import { Socket, type SocketOptions } from "../support/socket.ts";
import { type Claims, secondsFromNow, userToken } from "../support/token.ts";

const FRAME_BYTES = 10_240;
const AUDIENCE = "carillon";

let service: Service;
let backend: Backend;
const sockets: Socket[] = [];
const tokens: string[] = [];
let names = 0;

beforeAll(async () => {
  const vars = { JWT_AUDIENCE: AUDIENCE, ALLOWED_ORIGINS: "https://app.example" };
  // A body that the Worker does not read to its end: workerd alone closes the connection, and the answer may be lost with it.
  service = await startWranglerDev({ vars });
  backend = new Backend(service);
});
afterAll(() => service?.stop());

/** A name that no other test uses. */
function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${names}`;
}

async function tokenOf(claims: Claims): Promise<string> {
  const token = await userToken(service, { aud: AUDIENCE, ...claims });
  tokens.push(token);
  return token;
}

async function open(path: string, options: SocketOptions = {}): Promise<Socket> {
  const socket = await Socket.open(service.wsUrl + path, options);
  sockets.push(socket);
  return socket;
}

/** A connection of this user, to the user's own object or to a room's. */
async function enter(claims: Claims, path = "/connect"): Promise<Socket> {
  const socket = await open(path, { headers: { Authorization: `Bearer ${await tokenOf(claims)}` } });
  await socket.next("welcome", "the greeting");
  return socket;
}

/** Who misbehaves, who must not notice, and where both listen. */
interface Scene {
  readonly channel: string;
  readonly offender: Socket;
  readonly bystanders: readonly Socket[];
}

/** Two devices of one user. */
async function atHome(): Promise<Scene> {
  const user = fresh("user");
  const [offender, bystander] = [await enter({ sub: user }), await enter({ sub: user })];
  return { channel: `user:${user}`, offender, bystanders: [bystander] };
}

/** Two users in one room, and one who follows it over the user's own connection. */
async function inRoom(): Promise<Scene> {
  const room = `room:${fresh("r")}`;
  const path = `/rooms/${room}/connect`;
  const [offender, direct] = [
    await enter({ sub: fresh("user") }, path),
    await enter({ sub: fresh("user") }, path),
  ];
  const relayed = await enter({ sub: fresh("user") });
  await relayed.follow(room);
  return { channel: room, offender, bystanders: [direct, relayed] };
}

/** The object still takes an event, in its place, and the others get it and nothing else. */
async function isUnharmed({ channel, bystanders }: Scene, listeners: number): Promise<void> {
  const [target] = await backend.publish({ event: "after", data: { channel }, to: { channels: [channel] } });
  expect(target).toEqual({
    channel,
    status: "delivered",
    offset: 1,
    connections: listeners,
    duplicate: false,
  });
  for (const bystander of bystanders) {
    const event = await bystander.next("event", "the event after the bad input");
    expect(event).toMatchObject({ channel, event: "after", data: { channel }, offset: 1 });
    expect(bystander.isOpen).toBe(true);
    const types = bystander.frames.map(({ type }) => type).filter((type) => type !== "subscribed");
    expect(types).toEqual(["welcome", "event"]);
  }
}

/** The connection is told why, in a frame, before it is closed with the same words. */
async function isClosed(socket: Socket, reason: CloseReason): Promise<void> {
  const { code } = closeReasons[reason];
  expect(await socket.ended(`the connection to be closed with ${reason}`)).toEqual({ code, reason });
  expect(socket.frames.at(-1)).toEqual({ type: "close", code, reason, message: expect.any(String) });
}

/** A ping of exactly so many bytes, which would be answered with its ref. */
function pingOf(bytes: number, filler = "x"): string {
  const [head, tail] = ['{"type":"ping","ref":"large","pad":"', '"}'];
  const left = bytes - head.length - tail.length;
  const size = Buffer.byteLength(filler);
  return head + filler.repeat(Math.floor(left / size)) + "x".repeat(left % size) + tail;
}

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe.each([
  ["a user's object", atHome],
  ["a room's object", inRoom],
])("on a connection to %s", (_, begin) => {
  test.each<[string, string | Uint8Array, CloseReason]>([
    ["not JSON", "hello", "invalid_frame"],
    ["empty", "", "invalid_frame"],
    ["half a frame", '{"type":"ping"', "invalid_frame"],
    ["a text, not an object", '"ping"', "invalid_frame"],
    ["a number, not an object", "42", "invalid_frame"],
    ["null, not an object", "null", "invalid_frame"],
    ["an array in an array", '[[{"type":"ping"}]]', "invalid_frame"],
    ["without a type", '{"ref":1}', "invalid_frame"],
    ["of a type that is no text", '{"type":["ping"]}', "invalid_frame"],
    ["without a field", '{"type":"subscribe","ref":1}', "invalid_frame"],
    ["with a field of the wrong type", '{"type":"subscribe","channels":"room:1"}', "invalid_frame"],
    ["with an item of the wrong type", '{"type":"unsubscribe","channels":[7]}', "invalid_frame"],
    ["with an empty list", '{"type":"subscribe","channels":[]}', "invalid_frame"],
    [
      "with a position that is none",
      '{"type":"subscribe","channels":[{"channel":"room:1","since":"x"}]}',
      "invalid_frame",
    ],
    ["with a ref that is an object", '{"type":"ping","ref":{}}', "invalid_frame"],
    ["good, but bundled with a bad one", '[{"type":"ping","ref":1},{"type":1}]', "invalid_frame"],
    ["binary", Buffer.from('{"type":"ping"}'), "invalid_frame"],
    ["empty and binary", new Uint8Array(), "invalid_frame"],
    ["10 KB and 1 byte", pingOf(FRAME_BYTES + 1), "frame_too_large"],
    ["10 KB and 1 byte, in fewer characters", pingOf(FRAME_BYTES + 1, "ก"), "frame_too_large"],
    ["500 KB", pingOf(500_000), "frame_too_large"],
    ["nested deeply", `{"type":"ping","x":${nested(33)}}`, "invalid_frame"],
    ["nested as deeply as its bytes allow", nested(FRAME_BYTES / 2), "invalid_frame"],
    ["with a __proto__ key", '{"type":"ping","ref":1,"__proto__":{"admin":true}}', "invalid_frame"],
    [
      "with a __proto__ key inside",
      '{"type":"subscribe","channels":["room:1"],"x":{"__proto__":1}}',
      "invalid_frame",
    ],
  ])("a frame that is %s ends that connection and no other", async (__, message, reason) => {
    const scene = await begin();
    scene.offender.sendRaw(message);
    // What follows a malformed frame is not answered any more.
    scene.offender.sendRaw('{"type":"ping","ref":"late"}');
    await isClosed(scene.offender, reason);
    expect(scene.offender.frames.map(({ type }) => type)).toEqual(["welcome", "close"]);
    await isUnharmed(scene, scene.bystanders.length);
  });

  test.each<[string, string | Uint8Array]>([
    ["of exactly 10 KB", pingOf(FRAME_BYTES)],
    ["of exactly 10 KB, in fewer characters", pingOf(FRAME_BYTES, "ก")],
    ["as deep as allowed", `{"type":"ping","ref":"large","x":${nested(31)}}`],
    ["with fields of a newer client", '{"type":"ping","ref":"large","compress":{"level":9}}'],
  ])("a frame %s is answered", async (__, message) => {
    const scene = await begin();
    scene.offender.sendRaw(message);
    expect(await scene.offender.next("pong", "the answer to a large ping")).toEqual({
      type: "pong",
      ref: "large",
    });
    await isUnharmed(scene, scene.bystanders.length + 1);
  });

  test("bytes that are not UTF-8 harm nobody", async () => {
    const scene = await begin();
    // The runtime turns them into U+FFFD, or closes by itself: both are fine.
    scene.offender.sendAsText(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    await scene.offender.ended("the connection to be closed");
    await isUnharmed(scene, scene.bystanders.length);
  });

  test("a frame of an unknown type is answered, and the connection stays (P3)", async () => {
    const scene = await begin();
    scene.offender.send({ type: "wave", ref: "w1", all: true }, { type: "ping", ref: "p" });
    expect(await scene.offender.next("error", "the refusal")).toEqual({
      type: "error",
      ref: "w1",
      code: "unknown_type",
      message: expect.stringContaining("wave"),
      retryable: false,
    });
    await scene.offender.next("pong", "the answer to the ping beside it");
    await isUnharmed(scene, scene.bystanders.length + 1);
    await scene.offender.next("event", "the event after the refusal");
  });
});

describe("a well-formed frame that is refused (P6)", () => {
  test.each<[string, string, ErrorCode]>([
    ["a room of another clinic", "clinic:8:queue", "forbidden"],
    ["another user's channel", "user:somebody-else", "forbidden"],
    ["a topic of another user", "user:somebody-else:orders", "forbidden"],
    ["a channel that no rule knows", "nonsense:1", "unknown_channel"],
    ["__proto__", "__proto__", "unknown_channel"],
    ["a channel of 201 characters", `room:${"x".repeat(196)}`, "invalid_channel"],
    ["a channel of 201 Thai characters", `room:${"%E0%B8%81".repeat(196)}`, "invalid_channel"],
    ["a channel with a space", "room:a b", "invalid_channel"],
    ["a channel with a control character", "room:%00", "invalid_channel"],
    ["an empty name", "", "invalid_channel"],
    ["an empty segment", "clinic::queue", "invalid_channel"],
  ])("leaves the connection open: %s", async (_, channel, code) => {
    const scene = await atHome();
    for (const type of ["subscribe", "unsubscribe"]) {
      scene.offender.send({ type, ref: type, channels: [channel] });
    }
    expect(
      await scene.offender.next("error", "the refusal to follow", ({ ref }) => ref === "subscribe"),
    ).toEqual({
      type: "error",
      ref: "subscribe",
      code,
      message: expect.any(String),
      retryable: false,
      channel,
    });
    await isUnharmed(scene, 2);
    await scene.offender.next("event", "the event after the refusal");
  });

  test("does not touch the channels beside it", async () => {
    const scene = await atHome();
    const room = `room:${fresh("r")}`;
    scene.offender.send({ type: "subscribe", ref: 1, channels: ["nonsense:1", room, "clinic:8:queue"] });
    await scene.offender.next("subscribed", "the room to be followed", ({ channel }) => channel === room);
    await scene.offender.until(() => scene.offender.all("error").length === 2, "both refusals");
    await backend.publish({ event: "in-the-room", to: { channels: [room] } });
    await scene.offender.next("event", "the room's event", ({ channel }) => channel === room);
    await isUnharmed(scene, 2);
  });

  test.each<[string, string]>([
    ["200 characters", `room:${"x".repeat(195)}`],
    ["200 characters, most of them Thai", `room:${"%E0%B8%81".repeat(195)}`],
  ])("is not one that names a channel of %s", async (_, channel) => {
    const scene = await atHome();
    expect(await scene.offender.follow(channel)).toMatchObject({ channel, recovered: true });
    await backend.publish({ event: "x", to: { channels: [channel] } });
    await scene.offender.next("event", "the event of the long channel", (event) => event.channel === channel);
    await isUnharmed(scene, 2);
  });

  test("asks for more rooms than a connection may follow", async () => {
    const scene = await atHome();
    const rooms = Array.from({ length: 100 }, () => `room:${fresh("many")}`);
    scene.offender.send({ type: "subscribe", ref: "many", channels: rooms });
    await scene.offender.until(
      () => scene.offender.all("subscribed").length === 100,
      "100 rooms to be followed",
    );
    scene.offender.send({ type: "subscribe", ref: "more", channels: [`room:${fresh("more")}`] });
    expect(await scene.offender.next("error", "the refusal of one more")).toMatchObject({
      ref: "more",
      code: "too_many_channels",
    });
    await isUnharmed(scene, 2);
  });

  test("leaves what is always followed", async () => {
    const scene = await atHome();
    scene.offender.send({ type: "unsubscribe", ref: 1, channels: [scene.channel] });
    expect(await scene.offender.next("error", "the refusal")).toMatchObject({ ref: 1, code: "forbidden" });
    await isUnharmed(scene, 2);
    await scene.offender.next("event", "the event after the refusal");
  });

  test("names another room on a room's own connection", async () => {
    const scene = await inRoom();
    scene.offender.send({ type: "subscribe", ref: 1, channels: ["room:another", scene.channel] });
    expect(await scene.offender.next("error", "the refusal")).toMatchObject({
      code: "forbidden",
      channel: "room:another",
    });
    await scene.offender.next("subscribed", "the answer for the room itself");
    await isUnharmed(scene, 3);
  });
});

/** Makes a token that must be refused. */
type BadToken = () => Promise<string>;

const goodClaims: Claims = { sub: "token-bearer" };
const unsigned: BadToken = async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part({ ...goodClaims, aud: AUDIENCE })}.`;
};
const truncated: BadToken = async () => (await tokenOf(goodClaims)).slice(0, -8);
const badTokens: [string, BadToken, "unauthorized" | "token_expired"][] = [
  ["expired", () => tokenOf({ ...goodClaims, exp: secondsFromNow(-60) }), "token_expired"],
  ["not signed (alg none)", unsigned, "unauthorized"],
  ["for another audience", () => tokenOf({ ...goodClaims, aud: "somebody-else" }), "unauthorized"],
  ["for no audience", () => userToken(service, goodClaims), "unauthorized"],
  ["truncated in its signature", truncated, "unauthorized"],
  [
    "truncated to its claims",
    async () => (await tokenOf(goodClaims)).split(".").slice(0, 2).join("."),
    "unauthorized",
  ],
  ["truncated to its header", async () => (await tokenOf(goodClaims)).split(".")[0] ?? "", "unauthorized"],
  [
    "signed by somebody else",
    () => userToken(service, { ...goodClaims, aud: AUDIENCE }, "another-secret"),
    "unauthorized",
  ],
  ["without a user", () => tokenOf({ roles: ["admin"] }), "unauthorized"],
  ["of a user with a control character", () => tokenOf({ sub: "a\u0000b" }), "unauthorized"],
  ["of a user of 129 characters", () => tokenOf({ sub: "u".repeat(129) }), "unauthorized"],
  ["garbage", async () => "garbage", "unauthorized"],
];

describe("a token that is bad", () => {
  test.each(badTokens)("opens nothing: %s", async (_, make, code) => {
    const token = await make();
    tokens.push(token);
    const scene = await atHome();
    const ways: [string, SocketOptions][] = [
      [`?token=${token}`, {}],
      ["", { headers: { Authorization: `Bearer ${token}` } }],
      ["", { protocols: ["carillon.v1", `bearer.${token}`] }],
      ["", { headers: { Cookie: `token=${token}`, Origin: "https://app.example" } }],
    ];
    for (const [query, options] of ways) {
      for (const path of ["/connect", "/rooms/room:1/connect"]) {
        const refused = await open(path + query, options);
        await isClosed(refused, code);
        expect(refused.frames).toHaveLength(1);
      }
    }
    for (const path of ["/connect", "/rooms/room:1/connect"]) {
      const plain = await backend.ask(path, { headers: { Authorization: `Bearer ${token}` } });
      expect(problemIn(plain).code).toBe(code);
      expect(plain.headers.get("WWW-Authenticate")).toBe("Bearer");
    }
    const ticket = { method: "POST", headers: { Authorization: `Bearer ${token}` } };
    expect(problemIn(await backend.ask("/auth/ticket", ticket)).code).toBe(code);
    await isUnharmed(scene, 2);
  });
});

describe("a publish that is bad", () => {
  test.each<[string, () => Record<string, string>]>([
    ["without a key", () => ({})],
    ["with a wrong key", () => ({ Authorization: "Bearer dev-only-some-other-key" })],
    ["with a truncated key", () => ({ Authorization: `Bearer ${service.publishKey.slice(0, -1)}` })],
    ["with a key that goes on", () => ({ Authorization: `Bearer ${service.publishKey}0` })],
    ["with the key's name in it", () => ({ Authorization: `Bearer tests:${service.publishKey}` })],
    ["with the key as a password", () => ({ Authorization: `Basic ${btoa(`tests:${service.publishKey}`)}` })],
    ["with the key in a cookie", () => ({ Cookie: `token=${service.publishKey}` })],
  ])("%s is 401 and reaches nobody", async (_, headers) => {
    const scene = await atHome();
    const answer = await backend.post(
      JSON.stringify({ event: "bad", to: { channels: [scene.channel] } }),
      headers(),
    );
    expect(problemIn(answer).code).toBe("unauthorized");
    expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
    await isUnharmed(scene, 2);
  });

  const event = (channel: string, more = "") => `{"event":"bad","to":{"channels":["${channel}"]}${more}}`;
  const withData = (channel: string, bytes: number) => event(channel, `,"data":"${"x".repeat(bytes - 2)}"`);
  const inChunks = (size: number, count: number) => {
    let left = count;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left > 0) controller.enqueue(new Uint8Array(size).fill(0x20));
        else controller.close();
        left -= 1;
      },
    });
  };

  test.each<[string, (channel: string) => RequestInit["body"], ErrorCode]>([
    ["is empty", () => "", "invalid_body"],
    ["is not JSON", () => "event=x", "invalid_json"],
    ["is half of JSON", (channel) => event(channel).slice(0, -1), "invalid_json"],
    ["is not UTF-8", (channel) => Buffer.from(event(channel, ',"data":"é"'), "latin1"), "invalid_encoding"],
    ["is UTF-16", (channel) => Buffer.from(event(channel), "utf16le"), "invalid_json"],
    ["is a text", () => '"event"', "invalid_body"],
    ["is null", () => "null", "invalid_body"],
    ["has no event", (channel) => `{"to":{"channels":["${channel}"]}}`, "invalid_body"],
    ["has a field too many", (channel) => event(channel, ',"user":"42"'), "invalid_body"],
    ["has a field of the wrong type", (channel) => event(channel, ',"store":"yes"'), "invalid_body"],
    ["has a bad id", (channel) => event(channel, ',"id":"a\\u0000"'), "invalid_body"],
    ["has no target", () => '{"event":"bad"}', "no_route"],
    [
      "has a target with a control character",
      () => '{"event":"bad","to":{"users":["a\\n"]}}',
      "invalid_body",
    ],
    ["is an empty batch", () => "[]", "invalid_body"],
    ["is a batch of 101 events", (channel) => `[${Array(101).fill(event(channel)).join()}]`, "invalid_body"],
    ["is a batch with one bad event", (channel) => `[${event(channel)},{"event":"bad"}]`, "no_route"],
    [
      "is over 1 MB",
      (channel) => event(channel) + " ".repeat(1_048_577 - event(channel).length),
      "body_too_large",
    ],
    ["is over 1 MB and does not say so", () => inChunks(65_536, 17), "body_too_large"],
    ["is 20 MB", () => " ".repeat(20_000_000), "body_too_large"],
    ["has data over 64 KB", (channel) => withData(channel, 65_537), "event_too_large"],
    [
      "has data over 64 KB in fewer characters",
      (channel) => event(channel, `,"data":"${"ก".repeat(21_846)}"`),
      "event_too_large",
    ],
    ["is nested deeply", (channel) => event(channel, `,"data":${nested(32)}`), "too_deep"],
    ["is nested half a million times", () => nested(500_000), "too_deep"],
    ["has a __proto__ key", (channel) => event(channel, ',"__proto__":{"store":false}'), "forbidden_key"],
    [
      "has a __proto__ key in its data",
      (channel) => event(channel, ',"data":{"a":{"__proto__":1}}'),
      "forbidden_key",
    ],
  ])("because its body %s is refused with its code and reaches nobody", async (_, bodyFor, code) => {
    const scene = await atHome();
    const body = bodyFor(scene.channel) ?? null;
    const headers = { Authorization: `Bearer ${service.publishKey}` };
    const init = { method: "POST", headers, body, duplex: "half" };
    expect(problemIn(await backend.ask("/publish", init)).code).toBe(code);
    await isUnharmed(scene, 2);
  });

  test.each<[string, (channel: string) => string, number]>([
    [
      "a body of exactly 1 MB",
      (channel) => event(channel) + " ".repeat(1_048_576 - event(channel).length),
      1,
    ],
    ["data of exactly 64 KB", (channel) => withData(channel, 65_536), 1],
    ["a batch of 100 events", (channel) => `[${Array(100).fill(event(channel)).join()}]`, 100],
    ["data as deep as allowed", (channel) => event(channel, `,"data":${nested(31)}`), 1],
  ])("is not one with %s", async (_, bodyFor, events) => {
    const { channel, bystanders } = await atHome();
    expect((await backend.post(bodyFor(channel))).status).toBe(200);
    for (const bystander of bystanders) {
      await bystander.until(() => bystander.all("event").length === events, `${events} events`);
    }
  });

  test.each<[string, string, ErrorCode]>([
    ["of 201 characters", `room:${"x".repeat(196)}`, "invalid_channel"],
    ["that no rule knows", "nonsense:1", "unknown_channel"],
    ["that is empty", "", "invalid_channel"],
  ])("at one target, a channel %s, is told there, and the others get it", async (_, channel, code) => {
    const { channel: good, bystanders } = await atHome();
    const targets = await backend.publish({ event: "after", to: { channels: [channel, good] } });
    expect(targets).toMatchObject([
      { channel: channel.slice(0, 200), status: "failed", code, connections: 0 },
      { channel: good, status: "delivered", connections: 2 },
    ]);
    for (const bystander of bystanders) await bystander.next("event", "the event of the good target");
  });

  test("because its id was used for something else is told at that target", async () => {
    const { channel, bystanders } = await atHome();
    const first = { id: "pay_1", event: "paid", data: 1, to: { channels: [channel] } };
    await backend.publish(first);
    expect(await backend.publish({ ...first, data: 2 })).toMatchObject([
      { status: "failed", code: "id_conflict" },
    ]);
    expect(await backend.publish(first)).toMatchObject([{ offset: 1, duplicate: true }]);
    await backend.publish({ event: "last", to: { channels: [channel] } });
    for (const bystander of bystanders) {
      await bystander.next("event", "the last event", ({ event: name }) => name === "last");
      expect(bystander.all("event").map(({ event: name, data }) => [name, data])).toEqual([
        ["paid", 1],
        ["last", null],
      ]);
    }
  });
});

describe("an upgrade that is bad (C2, C5)", () => {
  const bearer = async (claims: Claims = { sub: "upgrader" }) => ({
    Authorization: `Bearer ${await tokenOf(claims)}`,
  });

  test.each<[string, string, Record<string, string>, CloseReason]>([
    ["from a page of another origin", "/connect", { Origin: "https://evil.example" }, "origin_not_allowed"],
    ["from nobody's page", "/connect", { Origin: "null" }, "origin_not_allowed"],
    [
      "to a room, from a page of another origin",
      "/rooms/room:1/connect",
      { Origin: "https://evil.example" },
      "origin_not_allowed",
    ],
    ["with a client of 65 characters", `/connect?client=${"c".repeat(65)}`, {}, "invalid_request"],
    ["with an empty client", "/connect?client=", {}, "invalid_request"],
    ["with a client of other characters", "/connect?client=a%20b", {}, "invalid_request"],
    ["with a since that is none", "/connect?since=yesterday", {}, "invalid_request"],
    ["with a negative since", "/connect?since=abc.-1", {}, "invalid_request"],
    ["with an empty since", "/rooms/room:1/connect?since=", {}, "invalid_request"],
    ["to a room that no rule knows", "/rooms/nonsense:1/connect", {}, "forbidden"],
    ["to a room of another clinic", "/rooms/clinic:8:queue/connect", {}, "forbidden"],
    ["to a room of 201 characters", `/rooms/room:${"x".repeat(196)}/connect`, {}, "forbidden"],
    ["to the user's own channel as a room", "/rooms/user:upgrader/connect", {}, "forbidden"],
  ])("is told why and closed: %s", async (_, path, headers, reason) => {
    const scene = await atHome();
    const socket = await open(path, { headers: { ...(await bearer()), ...headers } });
    await isClosed(socket, reason);
    expect(socket.frames).toHaveLength(1);
    await isUnharmed(scene, 2);
  });

  test("with a cookie and no Origin is told why and closed", async () => {
    const Cookie = `token=${await tokenOf({ sub: "upgrader" })}`;
    await isClosed(await open("/connect", { headers: { Cookie } }), "unauthorized");
    await isClosed(
      await open("/connect", { headers: { Cookie, Origin: "https://evil.example" } }),
      "origin_not_allowed",
    );
    const allowed = await open("/connect", { headers: { Cookie, Origin: "https://app.example" } });
    await allowed.next("welcome", "the greeting of a page that is allowed");
  });

  test.each<[string, string, boolean, Record<string, string>, ErrorCode]>([
    ["without a credential", "/connect", false, {}, "unauthorized"],
    ["to a room without a credential", "/rooms/room:1/connect", false, {}, "unauthorized"],
    [
      "from a page of another origin",
      "/connect",
      true,
      { Origin: "https://evil.example" },
      "origin_not_allowed",
    ],
    ["to a room of another clinic", "/rooms/clinic:8:queue/connect", true, {}, "forbidden"],
    ["with everything else right", "/connect", true, {}, "upgrade_required"],
    ["to a room with everything else right", "/rooms/room:1/connect", true, {}, "upgrade_required"],
  ])("because it is no WebSocket request gets a problem: %s", async (_, path, isSignedIn, more, code) => {
    const headers = { ...(isSignedIn ? await bearer() : {}), ...more };
    const answer = await backend.ask(path, { headers });
    expect(problemIn(answer).code).toBe(code);
  });

  test("because of its method gets a problem", async () => {
    const answer = await backend.ask("/connect", { method: "POST", headers: await bearer() });
    expect(problemIn(answer).code).toBe("method_not_allowed");
  });
});

describe("a user id of any text", () => {
  test.each([
    "a:b",
    "สมหญิง ใจดี",
    "ก".repeat(128),
    "x".repeat(128),
    "🔔".repeat(64),
    "a b+c&d=e#f?g",
    "../../etc/passwd",
    "100%",
    "%41",
    "*'()!~",
    "__proto__",
    "constructor",
    "user:42",
    '"quoted"',
  ])("is one user to connect, to buy a ticket, to follow and to publish to: %s", async (id) => {
    const channel = userChannel(id);
    const own = await enter({ sub: id });
    expect(own.welcome).toMatchObject({ user: id, channels: expect.arrayContaining([channel]) });
    const request = {
      method: "POST",
      headers: { Authorization: `Bearer ${service.publishKey}` },
      body: JSON.stringify({ userId: id }),
    };
    const bought = await fetch(`${service.url}/auth/ticket`, request);
    const { token }: { token: string } = await bought.json();
    const byTicket = await open(`/connect?token=${token}`);
    expect(await byTicket.next("welcome", "the greeting by ticket")).toMatchObject({ user: id });

    const room = `room:${fresh("r")}`;
    const direct = await enter({ sub: id }, `/rooms/${room}/connect`);
    expect(await own.follow(`${channel}:orders`)).toMatchObject({ channel: `${channel}:orders` });
    await own.follow(room);
    expect(
      await backend.publish([
        { event: "by-id", to: { users: [id] } },
        { event: "by-channel", to: { channels: [`${channel}:orders`] } },
        { event: "in-room", to: { channels: [room] } },
      ]),
    ).toMatchObject([
      { channel, offset: 1, connections: 2 },
      { channel: `${channel}:orders`, offset: 2, connections: 2 },
      { channel: room, offset: 1, connections: 2 },
    ]);
    await own.until(() => own.all("event").length === 3, "three events");
    await byTicket.until(() => byTicket.all("event").length === 2, "two events");
    await direct.next("event", "the room's event");
    expect(byTicket.all("event").map((event) => [event.channel, event.event])).toEqual([
      [channel, "by-id"],
      [`${channel}:orders`, "by-channel"],
    ]);
  });

  test("is not taken for another user's topic", async () => {
    const [one, other] = [await enter({ sub: "one" }), await enter({ sub: "one:two" })];
    await backend.publish({ event: "to-topic", to: { channels: ["user:one:two"] } });
    await backend.publish({ event: "to-user", to: { users: ["one:two"] } });
    await one.next("event", "the topic's event");
    await other.next("event", "the user's event");
    expect(one.all("event").map(({ event }) => event)).toEqual(["to-topic"]);
    expect(other.all("event").map(({ event }) => event)).toEqual(["to-user"]);
  });
});

// The last, after everything has been tried.
describe("what the service tells", () => {
  const output = () => service.output();
  const everything = () =>
    [...sockets.flatMap(({ messages }) => messages), ...backend.answers, output()].join("\n");

  test("holds no token, no key and no secret", () => {
    const told = everything();
    const pieces = tokens
      .flatMap((token) => [token, ...token.split(".").slice(1)])
      .filter((piece) => piece.length > 12);
    expect(pieces.length).toBeGreaterThan(50);
    for (const secret of [...pieces, service.publishKey, service.jwtSecret]) {
      if (told.includes(secret)) throw new Error(`It told ${secret.slice(0, 12)}…`);
    }
  });

  const linesOf = (text: string, pattern: RegExp) => text.split("\n").filter((line) => pattern.test(line));

  test("holds no stack and no place in the sources", () => {
    expect(linesOf(everything(), /^\s+at .*:\d+|\.(?:ts|js):\d+/)).toEqual([]);
  });

  test("holds no line of an error that nobody expected", () => {
    expect(linesOf(output(), /\blevel\W+error|uncaught|\[ERROR\]/i)).toEqual([]);
  });
});
