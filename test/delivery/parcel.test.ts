import { describe, expect, test } from "vitest";
import { decodeParcel, encodeParcel, type ParcelCall, UnreadableParcel } from "../../src/delivery/parcel.ts";
import type { PublishedEvent } from "../../src/objects/publication.ts";

const encoder = new TextEncoder();

function event(channel: string, more: Partial<PublishedEvent> = {}): PublishedEvent {
  return { channel, event: "paid", data: '{"amount":5000}', store: true, ...more };
}

function userCall(name: string, ...events: PublishedEvent[]): ParcelCall {
  return { object: { kind: "user", name }, publications: [{ id: "pay_1", hash: "abc", events }] };
}

const notification = {
  type: "payment",
  title: { th: "✅ การชำระเงินสำเร็จ", en: "Paid" },
  message: "ได้รับชำระเงินแล้ว",
  priority: "normal" as const,
};

describe("a parcel", () => {
  test("carries the id of the request that published it", () => {
    const parcel = { attempt: 2, requestId: "r-1", calls: [userCall("42", event("user:42"))] };
    expect(decodeParcel(encodeParcel(parcel))).toEqual(parcel);
  });

  test.each<[string, ParcelCall[]]>([
    ["one call", [userCall("42", event("user:42"))]],
    ["no call", []],
    [
      "every field of an event",
      [
        userCall(
          "42",
          event("user:42", {
            store: false,
            ttl: 60,
            aim: { only: { roles: ["admin"], users: ["a"], tenants: ["7"] }, except: { client: "tab" } },
            notification,
          }),
        ),
        {
          object: { kind: "audience", name: "0" },
          publications: [
            {
              id: "pay_1",
              hash: "",
              events: [
                event("user:*", { reach: { roles: ["a"], tenants: [], everyone: false, besides: ["42"] } }),
              ],
            },
          ],
        },
      ],
    ],
    [
      "several events of one user",
      [userCall("42", event("user:42"), event("user:42:orders", { data: "1" }))],
    ],
    ["Thai, emoji and what JSON escapes", [userCall("ก", event("user:ก", { data: '"ก🔔\\n\\"\\u2028"' }))]],
    ["a lone half of a character", [userCall("42", event("user:42", { data: JSON.stringify("\ud83d") }))]],
    ["line breaks", [userCall("a\nb", event("user:42", { data: "[\n1\n]" }))]],
    ["data that begins with a byte order mark", [userCall("42", event("user:42", { data: '"\ufeff"' }))]],
    [
      "the reason of a failure",
      [{ ...userCall("42", event("user:42")), failure: { code: "overloaded", message: "Too much." } }],
    ],
  ])("brings %s as it was", (_, calls) => {
    const body = encodeParcel({ attempt: 3, calls });
    expect(decodeParcel(body)).toEqual({ attempt: 3, calls });
    // Queues hand out either.
    expect(decodeParcel(body.buffer)).toEqual({ attempt: 3, calls });
  });

  test("holds what is said to many once", () => {
    const data = JSON.stringify("x".repeat(60_000));
    const calls = Array.from({ length: 500 }, (_, index) =>
      userCall(`user-${index}`, event(`user:user-${index}`, { data, notification })),
    );
    const body = encodeParcel({ attempt: 1, calls });
    expect(body.length).toBeLessThan(120_000);
    expect(decodeParcel(body).calls).toEqual(calls);
  });

  test("keeps apart what is said under one id in other words", () => {
    const calls = [userCall("1", event("user:1")), userCall("2", event("user:2", { data: "2" }))];
    expect(decodeParcel(encodeParcel({ attempt: 1, calls })).calls).toEqual(calls);
  });

  const good = new TextDecoder().decode(
    encodeParcel({ attempt: 1, calls: [userCall("42", event("user:42"))] }),
  );

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", good],
    ["an object", { version: 1 }],
    ["no bytes", new Uint8Array()],
    ["bytes that are no text", new Uint8Array([0xff, 10])],
    ["bytes without a first line", encoder.encode("x")],
    ["another version", encoder.encode(good.replace('"version":1', '"version":2'))],
    ["a field too many", encoder.encode(good.replace('"version":1', '"version":1,"more":1'))],
    ["a field that is not known", encoder.encode(good.replace('"store":true', '"store":true,"urgent":true'))],
    ["another kind of object", encoder.encode(good.replace('["user"', '["clinic"'))],
    ["data that is cut off", encoder.encode(good.slice(0, -1))],
    ["more than its data", encoder.encode(`${good} `)],
    ["data that is no JSON", encoder.encode(good.replace('{"amount":5000}', '{"amount":500,}'))],
    ["a content that is not there", encoder.encode(good.replace('["user:42",0]', '["user:42",1]'))],
    [
      "a failure that has no such code",
      encoder.encode(good.replace("]]]}", ']]],"failure":{"code":"toString","message":""}}')),
    ],
  ])("cannot be read from %s", (_, body) => {
    expect(body instanceof Uint8Array && new TextDecoder().decode(body) === good).toBe(false);
    expect(() => decodeParcel(body)).toThrow(UnreadableParcel);
  });
});
