import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/objects/entry.ts";
import { applyPage, type Page } from "../../src/objects/follow.ts";
import type { Position } from "../../src/protocol/position.ts";

const entry = (offset: number): Entry => ({
  offset,
  channel: "room:a",
  frame: `{"offset":${offset}}`,
  aim: undefined,
  expires: undefined,
});

function page(after: number, upTo: number, missing: readonly number[] = []): Page {
  const entries = Array.from({ length: upTo - after }, (_, index) => entry(after + 1 + index));
  return { epoch: "e", after, upTo, entries: entries.filter(({ offset }) => !missing.includes(offset)) };
}

describe("applyPage (F2)", () => {
  it.each([
    ["continues", { epoch: "e", offset: 3 }, page(3, 5), { kind: "moved", offsets: [4, 5] }],
    ["overlaps", { epoch: "e", offset: 4 }, page(3, 5), { kind: "moved", offsets: [5] }],
    ["is had already", { epoch: "e", offset: 5 }, page(3, 5), { kind: "had" }],
    ["is long gone", { epoch: "e", offset: 9 }, page(3, 5), { kind: "had" }],
    ["leaves a hole", { epoch: "e", offset: 2 }, page(3, 5), { kind: "behind" }],
    ["is of another life", { epoch: "x", offset: 3 }, page(3, 5), { kind: "behind" }],
    ["is the first of an empty log", { epoch: "0", offset: 0 }, page(0, 1), { kind: "moved", offsets: [1] }],
    ["began before us on an empty log", { epoch: "0", offset: 0 }, page(1, 2), { kind: "behind" }],
    [
      "moves over withheld entries",
      { epoch: "e", offset: 3 },
      page(3, 5, [4, 5]),
      { kind: "moved", offsets: [] },
    ],
  ])("knows a page that %s", (_case, position, pushed, expected) => {
    const applied = applyPage(position, pushed);
    const told =
      applied.kind === "moved"
        ? { kind: "moved", offsets: applied.entries.map(({ offset }) => offset) }
        : { kind: applied.kind };
    expect(told).toEqual(expected);
    if (applied.kind === "moved")
      expect(applied.position).toEqual({ epoch: pushed.epoch, offset: pushed.upTo });
  });

  it("never sees a hole or a repeat, whatever order pages come in", () => {
    const pages = fc
      .tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 10 }))
      .map(([after, length]) => page(after, after + length));
    fc.assert(
      fc.property(fc.array(pages, { maxLength: 60 }), (pushes) => {
        let position: Position = { epoch: "e", offset: 0 };
        const seen: number[] = [];
        for (const push of pushes) {
          const applied = applyPage(position, push);
          if (applied.kind !== "moved") continue;
          seen.push(...applied.entries.map(({ offset }) => offset));
          position = applied.position;
        }
        expect(seen).toEqual(Array.from({ length: position.offset }, (_, index) => index + 1));
      }),
    );
  });
});
