import { describe, expect, test } from "vitest";
import { closeReasons } from "../../src/protocol/close-codes.ts";
import { decode, encode } from "../../src/protocol/codec.ts";
import { errorKinds } from "../../src/protocol/errors.ts";
import {
  clientFrame,
  clientFrameTypes,
  PING,
  PONG,
  type ServerFrame,
  SUBPROTOCOL,
  serverFrame,
} from "../../src/protocol/frames.ts";

describe("the protocol's fixed texts", () => {
  test("are as the protocol writes them", () => {
    expect([SUBPROTOCOL, PING, PONG]).toEqual(["carillon.v1", '{"type":"ping"}', '{"type":"pong"}']);
  });

  test("are frames themselves", () => {
    expect(decode(PING, 1024)).toEqual({
      kind: "frames",
      frames: [{ kind: "frame", frame: { type: "ping" } }],
    });
    expect(encode({ type: "pong" })).toBe(PONG);
  });
});

describe("a client's frame", () => {
  test("is of one of the types that the server answers", () => {
    expect([...clientFrameTypes].sort()).toEqual([
      "ack",
      "auth",
      "mark",
      "ping",
      "presence",
      "publish",
      "subscribe",
      "unsubscribe",
    ]);
  });

  test.each<[string, unknown, boolean]>([
    ["a ref of 0", { type: "ping", ref: 0 }, true],
    ["an empty ref", { type: "ping", ref: "" }, true],
    ["a ref of 64 characters", { type: "ping", ref: "r".repeat(64) }, true],
    ["a ref of 65 characters", { type: "ping", ref: "r".repeat(65) }, false],
    ["a negative ref", { type: "ping", ref: -1 }, false],
    ["a fraction as ref", { type: "ping", ref: 0.5 }, false],
    ["a ref beyond 2^53", { type: "ping", ref: 2 ** 53 }, false],
    ["null as ref", { type: "ping", ref: null }, false],
    ["100 channels", { type: "unsubscribe", channels: Array(100).fill("room:1") }, true],
    ["101 channels", { type: "unsubscribe", channels: Array(101).fill("room:1") }, false],
    ["null as since", { type: "subscribe", channels: [{ channel: "room:1", since: null }] }, false],
    [
      "a fraction as offset",
      { type: "subscribe", channels: [{ channel: "room:1", since: { epoch: "a", offset: 0.5 } }] },
      false,
    ],
    [
      "an epoch of 33 characters",
      { type: "subscribe", channels: [{ channel: "room:1", since: { epoch: "a".repeat(33), offset: 1 } }] },
      false,
    ],
    [
      "a publish with data",
      { type: "publish", ref: 1, channel: "room:1", event: "typing", data: {}, id: "1" },
      true,
    ],
    ["a publish without", { type: "publish", channel: "room:1", event: "typing" }, true],
    ["a publish of nothing", { type: "publish", channel: "room:1" }, false],
    ["a publish with an empty id", { type: "publish", channel: "room:1", event: "typing", id: "" }, false],
    [
      "a publish with an id of 129 characters",
      { type: "publish", channel: "room:1", event: "a", id: "i".repeat(129) },
      false,
    ],
    ["a state", { type: "presence", ref: 1, channel: "room:1", state: [1] }, true],
    ["no state", { type: "presence", channel: "room:1" }, true],
    ["a state of no room", { type: "presence", state: 1 }, false],
    ["a mark of ids", { type: "mark", as: "read", ids: ["a"] }, true],
    ["a mark of all", { type: "mark", as: "deleted", all: true, ref: 1 }, true],
    ["a mark of all up to an offset", { type: "mark", as: "seen", all: true, upTo: 0 }, true],
    ["a mark of 1,000 ids", { type: "mark", as: "unread", ids: Array(1000).fill("a") }, true],
    ["a mark of 1,001 ids", { type: "mark", as: "unread", ids: Array(1001).fill("a") }, false],
    ["a mark of nothing", { type: "mark", as: "read" }, false],
    ["a mark of no ids", { type: "mark", as: "read", ids: [] }, false],
    ["a mark of an empty id", { type: "mark", as: "read", ids: [""] }, false],
    ["a mark of ids and of all", { type: "mark", as: "read", ids: ["a"], all: true }, false],
    ["a mark of ids up to an offset", { type: "mark", as: "read", ids: ["a"], upTo: 1 }, false],
    ["a mark of not all", { type: "mark", as: "read", all: false }, false],
    ["a mark up to a negative offset", { type: "mark", as: "read", all: true, upTo: -1 }, false],
    ["a mark as nothing", { type: "mark", all: true }, false],
    ["a mark as something unknown", { type: "mark", as: "opened", all: true }, false],
  ])("with %s", (_, frame, fits) => {
    expect(clientFrame.safeParse(frame).success).toBe(fits);
  });
});

describe("a server's frame", () => {
  const frames: ServerFrame[] = [
    {
      type: "welcome",
      connection: "c",
      user: "42",
      roles: ["admin"],
      channels: ["user:42"],
      position: { epoch: "0", offset: 0 },
      recovered: true,
      expiresAt: 1,
      heartbeat: 25_000,
    },
    {
      type: "welcome",
      connection: "c",
      user: "42",
      roles: [],
      channels: [],
      position: { epoch: "a", offset: 3 },
      recovered: false,
      counts: { total: 3, unread: 2, unseen: 1 },
      expiresAt: 1,
      heartbeat: 25_000,
    },
    { type: "ok", ref: 1, counts: { total: 0, unread: 0, unseen: 0 } },
    { type: "event", channel: "room:1", event: "x", data: null, id: "e", at: 1, offset: 1 },
    { type: "event", channel: "room:1", event: "x", data: { a: [1] }, id: "e", at: 1 },
    { type: "skip", channel: "room:1", upTo: 3 },
    { type: "live", channel: "room:1", replayed: 0 },
    { type: "live", channel: "user:42", replayed: 0, counts: { total: 1, unread: 1, unseen: 1 } },
    { type: "subscribed", ref: 1, channel: "room:1", position: { epoch: "a", offset: 1 }, recovered: false },
    { type: "unsubscribed", channel: "room:1", code: "requested" },
    { type: "error", code: "forbidden", message: "m", retryable: false, channel: "room:1" },
    { type: "close", code: 1003, reason: "invalid_frame", message: "m" },
    { type: "pong", ref: "r" },
  ];

  test.each(frames)("$type survives the wire", (frame) => {
    expect(serverFrame.parse(JSON.parse(encode(frame)))).toEqual(frame);
  });

  test("carries every close reason and every error code of the tables", () => {
    for (const [reason, { code }] of Object.entries(closeReasons)) {
      expect(serverFrame.safeParse({ type: "close", code, reason }).success).toBe(true);
    }
    for (const [code, { retryable }] of Object.entries(errorKinds)) {
      expect(serverFrame.safeParse({ type: "error", code, message: "", retryable }).success).toBe(true);
    }
  });
});
