import { describe, expect, test } from "vitest";
import { pack } from "../../src/delivery/pack.ts";
import { encodeParcel, type ParcelCall } from "../../src/delivery/parcel.ts";
import type { ObjectCall } from "../../src/delivery/plan.ts";
import type { Publication } from "../../src/objects/publication.ts";

/** A publication of one event of about so many bytes. */
function publication(id: string, bytes: number, channel = "user:42"): Publication {
  return { id, hash: "h", events: [{ channel, event: "x", data: dataOf(id, bytes), store: true }] };
}

function dataOf(id: string, bytes: number): string {
  return JSON.stringify(id.padEnd(Math.max(bytes - 2, 0), "-"));
}

function call(name: string, ...publications: Publication[]): ObjectCall {
  return { object: { kind: "user", name }, publications };
}

const limits = { calls: 200, bytes: 120_000 };

/** Names of the users and ids of their publications, message by message. */
function namesIn(parcels: readonly (readonly ParcelCall[])[]): string[][] {
  return parcels.map((calls) =>
    calls.map(({ object, publications }) => `${object.name}: ${publications.map(({ id }) => id).join("+")}`),
  );
}

function expectWithin(parcels: readonly (readonly ParcelCall[])[], bytes: number): void {
  for (const calls of parcels) {
    expect(encodeParcel({ attempt: 10, calls }).length).toBeLessThanOrEqual(bytes);
  }
}

describe("packing", () => {
  test("makes nothing of nothing", () => {
    expect(pack([], limits)).toEqual({ parcels: [], tooLarge: [] });
  });

  test("puts 10,000 users with one event of 60 KB into few messages that fit", () => {
    const data = dataOf("e", 60_000);
    const calls = Array.from({ length: 10_000 }, (_, index) => {
      const events = [{ channel: `user:user-${index}`, event: "x", data, store: true }];
      return call(`user-${index}`, { id: "e", hash: "h", events });
    });
    const { parcels, tooLarge } = pack(calls, limits);
    expect([parcels.length, tooLarge.length]).toEqual([50, 0]);
    expect(parcels.every(({ length }) => length === 200)).toBe(true);
    expect(parcels.flat()).toEqual(calls);
    expectWithin(parcels, limits.bytes);
  });

  test("fills messages by bytes", () => {
    const calls = Array.from({ length: 10 }, (_, index) =>
      call(`${index}`, publication(`e${index}`, 30_000)),
    );
    const { parcels } = pack(calls, limits);
    expect(parcels.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
    expectWithin(parcels, limits.bytes);
  });

  test("fills a message to the last byte, and not beyond", () => {
    for (let bytes = 59_800; bytes < 60_000; bytes++) {
      const { parcels } = pack(
        [call("a", publication("1", bytes)), call("b", publication("2", bytes))],
        limits,
      );
      expectWithin(parcels, limits.bytes);
    }
  });

  test("counts bytes and not characters", () => {
    const thai = (id: string) => ({
      ...publication(id, 0),
      events: [{ channel: "user:ก", event: "x", data: JSON.stringify("ก".repeat(20_000)), store: true }],
    });
    const { parcels } = pack([call("ก", thai("1")), call("ข", thai("2"))], limits);
    expect(parcels).toHaveLength(2);
    expectWithin(parcels, limits.bytes);
  });

  test("keeps the publications of an object together where they fit", () => {
    const { parcels } = pack(
      [call("a", publication("1", 50_000), publication("2", 50_000)), call("b", publication("3", 50_000))],
      limits,
    );
    expect(namesIn(parcels)).toEqual([["a: 1+2"], ["b: 3"]]);
  });

  test("cuts a call between its publications where they do not fit, alike for all who get them", () => {
    const batch = ["1", "2", "3"].map((id) => publication(id, 50_000));
    const { parcels, tooLarge } = pack([call("a", ...batch), call("b", ...batch)], limits);
    expect(namesIn(parcels)).toEqual([
      ["a: 1+2", "b: 1+2"],
      ["a: 3", "b: 3"],
    ]);
    expect(tooLarge).toEqual([]);
    expectWithin(parcels, limits.bytes);
  });

  test("leaves over a publication that is too large, and packs the rest of its call", () => {
    const large = publication("2", 120_000);
    const { parcels, tooLarge } = pack(
      [call("a", publication("1", 10), large, publication("3", 10)), call("b", publication("1", 10))],
      limits,
    );
    expect(namesIn(parcels).flat().toSorted()).toEqual(["a: 1+3", "b: 1"]);
    expect(namesIn([tooLarge])).toEqual([["a: 2"]]);
  });

  test("counts the reason of a failure", () => {
    const failure = { code: "unavailable" as const, message: "x".repeat(300) };
    const calls = Array.from({ length: 400 }, (_, index) => ({
      ...call(`${index}`, publication("e", 50_000)),
      failure,
    }));
    const { parcels } = pack(calls, limits);
    expect(parcels.length).toBeGreaterThan(2);
    expectWithin(parcels, limits.bytes);
  });
});
