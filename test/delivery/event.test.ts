import { describe, expect, test } from "vitest";
import { type IncomingEvent, parseEvents } from "../../src/delivery/event.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { configured } from "../auth/configured.ts";
import { example } from "../config/example-events.ts";
import { errorOf } from "../protocol/thrown.ts";

const settings = configured();
const toUser = { event: "x", to: { users: ["42"] } };

/** What is to be delivered of a body. */
function parsed(body: unknown): IncomingEvent[] {
  return parseEvents(body, settings).flatMap(({ deliveries }) => deliveries);
}

/** A text whose JSON has so many bytes. */
const dataOf = (bytes: number) => "x".repeat(bytes - 2);

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value;
}

describe("the body of a publish", () => {
  test("is one event", () => {
    const [event, ...more] = parsed({
      id: "pay_123",
      event: "payment:confirmed",
      data: { amount: 5000 },
      to: { users: ["42", "a:b"], channels: ["room:1"] },
      only: { roles: ["ADMIN"] },
      except: { client: "tab-1" },
      store: false,
      ttl: 60,
    });
    expect(more).toEqual([]);
    expect(event).toEqual({
      id: "pay_123",
      isOwnId: false,
      event: "payment:confirmed",
      data: '{"amount":5000}',
      users: ["42", "a:b"],
      channels: ["room:1"],
      aim: { only: { roles: ["admin"] }, except: { client: "tab-1" } },
      store: false,
      ttl: 60,
    });
  });

  test("need say no more than the event and a target", () => {
    const [event] = parsed(toUser);
    expect(event).toMatchObject({ isOwnId: true, data: "null", channels: [], store: true });
    expect(event?.id).toMatch(/^[0-9a-f-]{36}$/);
    expect([event?.aim, event?.ttl]).toEqual([undefined, undefined]);
  });

  test("makes up an id for each event that has none", () => {
    const ids = parseEvents([toUser, toUser], settings).map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test("has data of any form where it names its targets", () => {
    const body = { event: "payment:confirmed", data: { amount: "any" }, to: { users: ["42"] } };
    expect(parseEvents(body, settings)).toMatchObject([
      {
        event: "payment:confirmed",
        isRouted: false,
        deliveries: [{ users: ["42"], data: '{"amount":"any"}' }],
      },
    ]);
  });

  test("is routed where it names no target", () => {
    const body = { id: "pay_1", event: "payment:confirmed", data: example["payment:confirmed"], ttl: 60 };
    expect(parseEvents(body, settings)).toMatchObject([
      {
        id: "pay_1",
        event: "payment:confirmed",
        isRouted: true,
        deliveries: [
          { id: "pay_1~farmer", isOwnId: false, event: "payment:confirmed", channels: ["user:f1"], ttl: 60 },
          { id: "pay_1~admins", event: "payment:received", channels: ["admin:payments"], ttl: 60 },
        ],
      },
    ]);
  });

  test("has deliveries whose ids are made up with the event's", () => {
    const body = { event: "payment:confirmed", data: example["payment:confirmed"] };
    const [posted] = parseEvents(body, settings);
    expect(posted?.deliveries.map(({ id, isOwnId }) => [id, isOwnId])).toEqual([
      [`${posted?.id}~farmer`, true],
      [`${posted?.id}~admins`, true],
    ]);
  });

  test("tells moments in the time zone of the settings", () => {
    const body = { event: "exam:assigned", data: example["exam:assigned"] };
    const messageIn = (zone: string) =>
      parseEvents(body, configured({ TIME_ZONE: zone }))[0]?.deliveries[0]?.notification?.message;
    expect(messageIn("UTC")).toMatchObject({ en: expect.stringContaining("January 31, 2026 at 8:00") });
    expect(messageIn("Asia/Bangkok")).toMatchObject({
      en: expect.stringContaining("February 1, 2026 at 3:00"),
    });
  });

  test.each<[string, unknown]>([
    ["100 events", Array(100).fill(toUser)],
    ["an id of 128 characters", { ...toUser, id: "i".repeat(128) }],
    ["an id of any text", { ...toUser, id: "การชำระเงิน 1/2 🔔" }],
    ["a name of 100 characters", { ...toUser, event: "e".repeat(100) }],
    ["a name of every kind of character", { ...toUser, event: "Az09_:-." }],
    ["data of 64 KB", { ...toUser, data: dataOf(65_536) }],
    ["data that is null", { ...toUser, data: null }],
    ["data that is false", { ...toUser, data: false }],
    ["nesting of 32 levels", { ...toUser, data: nested(31) }],
    ["10,000 targets", { event: "x", to: { users: Array(10_000).fill("42") } }],
    ["a channel that no rule knows, which is told for that target", { event: "x", to: { channels: ["?"] } }],
  ])("may have %s", (_, body) => {
    expect(() => parseEvents(body, settings)).not.toThrow();
  });

  test.each<[string, unknown, ErrorCode, string[]]>([
    ["nothing", undefined, "invalid_body", [""]],
    ["null", null, "invalid_body", [""]],
    ["a text", "x", "invalid_body", [""]],
    ["no event", [], "invalid_body", []],
    ["101 events", Array(101).fill(toUser), "invalid_body", []],
    ["an array in an array", [[toUser]], "invalid_body", ["0"]],
    ["no name", { to: { users: ["42"] } }, "invalid_body", ["event"]],
    ["an empty name", { ...toUser, event: "" }, "invalid_body", ["event"]],
    ["a name of 101 characters", { ...toUser, event: "e".repeat(101) }, "invalid_body", ["event"]],
    ["a name with a space", { ...toUser, event: "a b" }, "invalid_body", ["event"]],
    ["a name with a line break", { ...toUser, event: "a\n" }, "invalid_body", ["event"]],
    ["a name in Thai", { ...toUser, event: "ก" }, "invalid_body", ["event"]],
    ["an empty id", { ...toUser, id: "" }, "invalid_body", ["id"]],
    ["an id of 129 characters", { ...toUser, id: "i".repeat(129) }, "invalid_body", ["id"]],
    ["an id with a control character", { ...toUser, id: "a\u0000" }, "invalid_body", ["id"]],
    ["an id with a lone surrogate", { ...toUser, id: "a\ud83d" }, "invalid_body", ["id"]],
    ["a number for id", { ...toUser, id: 1 }, "invalid_body", ["id"]],
    ["an unknown field", { ...toUser, user: "42" }, "invalid_body", [""]],
    ["an unknown target", { event: "x", to: { user: "42" } }, "invalid_body", ["to"]],
    ["one user for a list", { event: "x", to: { users: "42" } }, "invalid_body", ["to.users"]],
    ["an empty user", { event: "x", to: { users: ["42", ""] } }, "invalid_body", ["to.users.1"]],
    [
      "a user of 129 characters",
      { event: "x", to: { users: ["u".repeat(129)] } },
      "invalid_body",
      ["to.users.0"],
    ],
    [
      "a user with a control character",
      { event: "x", to: { users: ["a\n"] } },
      "invalid_body",
      ["to.users.0"],
    ],
    ["a number for user", { event: "x", to: { users: [42] } }, "invalid_body", ["to.users.0"]],
    ["a number for channel", { event: "x", to: { channels: [1] } }, "invalid_body", ["to.channels.0"]],
    ["an unknown aim", { ...toUser, only: { role: "x" } }, "invalid_body", ["only"]],
    [
      "an exception of two clients",
      { ...toUser, except: { client: ["a", "b"] } },
      "invalid_body",
      ["except.client"],
    ],
    ["a text for store", { ...toUser, store: "no" }, "invalid_body", ["store"]],
    ["a ttl of 0", { ...toUser, ttl: 0 }, "invalid_body", ["ttl"]],
    ["a fraction for ttl", { ...toUser, ttl: 1.5 }, "invalid_body", ["ttl"]],
    ["several faults", { id: 1, event: 2, to: { users: ["42"] } }, "invalid_body", ["id", "event"]],
    ["a fault in one of several", [toUser, { ...toUser, event: 1 }], "invalid_body", ["1.event"]],
    ["no target", { event: "x" }, "no_route", ["to"]],
    ["empty targets", { event: "x", to: { users: [], channels: [] } }, "no_route", ["to"]],
    ["no target in one of several", [toUser, { event: "x", to: {} }], "no_route", ["1.to"]],
    ["data of 64 KB and a byte", { ...toUser, data: dataOf(65_537) }, "event_too_large", ["data"]],
    [
      "large data in one of several",
      [toUser, { ...toUser, data: dataOf(70_000) }],
      "event_too_large",
      ["1.data"],
    ],
    [
      "data that is large in bytes only",
      { ...toUser, data: "ก".repeat(21_845) },
      "event_too_large",
      ["data"],
    ],
    ["empty targets of an event that is known", { event: "payment:created", to: {} }, "no_route", ["to"]],
    ["a known event's name in other letters", { event: "Payment:Confirmed" }, "no_route", ["to"]],
    ["no target and a name that every object has", { event: "__proto__" }, "no_route", ["to"]],
    ["no target and another such name", { event: "constructor" }, "no_route", ["to"]],
    ["a known event without data", { event: "payment:created" }, "invalid_data", ["data"]],
    [
      "a known event with wrong data",
      { event: "payment:confirmed", data: { ...example["payment:confirmed"], amount: "5000" } },
      "invalid_data",
      ["data.amount"],
    ],
    [
      "a known event with wrong data, one of several",
      [toUser, { event: "payment:confirmed", data: { ...example["payment:confirmed"], amount: "5000" } }],
      "invalid_data",
      ["1.data.amount"],
    ],
    [
      "a notification that no delivery brings",
      {
        event: "payment:created",
        data: example["payment:created"],
        notification: { type: "t", title: "T", message: "M" },
      },
      "invalid_body",
      ["notification"],
    ],
    [
      "large data of a known event",
      { event: "payment:created", data: { ...example["payment:created"], more: dataOf(70_000) } },
      "event_too_large",
      ["data"],
    ],
    ["nesting of 33 levels", { ...toUser, data: nested(32) }, "too_deep", []],
    ["__proto__ in the data", { ...toUser, data: JSON.parse('{"__proto__":{}}') }, "forbidden_key", []],
    [
      "__proto__ beside the event",
      JSON.parse('{"event":"x","__proto__":{"to":{"users":["42"]}}}'),
      "forbidden_key",
      [],
    ],
    ["10,001 targets", { event: "x", to: { users: Array(10_001).fill("42") } }, "too_many_targets", []],
    [
      "10,001 targets in two events",
      [
        { event: "x", to: { users: Array(10_000).fill("42") } },
        { event: "x", to: { channels: ["room:1"] } },
      ],
      "too_many_targets",
      [],
    ],
  ])("is refused with %s", (_, body, code, paths) => {
    const error = errorOf(() => parseEvents(body, settings));
    expect([error.code, error.issues.map(({ path }) => path)]).toEqual([code, paths]);
  });

  test("counts its targets after routing", () => {
    const event = { event: "payment:confirmed", data: example["payment:confirmed"] };
    const error = errorOf(() => parseEvents([event, event], configured({ MAX_TARGETS: "3" })));
    expect(error.code).toBe("too_many_targets");
    expect(() => parseEvents([event, event], configured({ MAX_TARGETS: "4" }))).not.toThrow();
  });

  test("does not come back in an error", () => {
    const secret = "SENSITIVE";
    const error = errorOf(() =>
      parseEvents({ event: `${secret} ${secret}`, to: { users: [secret, ""] } }, settings),
    );
    expect(JSON.stringify([error.message, error.issues])).not.toContain(secret);
    const data = { ...example["payment:confirmed"], amount: secret, farmerId: `${secret}\n` };
    const wrong = errorOf(() => parseEvents({ event: "payment:confirmed", data }, settings));
    expect(JSON.stringify([wrong.message, wrong.issues])).not.toContain(secret);
  });
});
