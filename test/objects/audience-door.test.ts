import { describe, expect, it } from "vitest";
import { shardOf } from "../../src/objects/audience-door.ts";

describe("the shard of a user", () => {
  // Another value would move every user to another shard.
  it.each([
    ["42", 4, 0],
    ["42", 64, 32],
    ["anna", 4, 3],
    ["anna", 64, 55],
    ["สมชาย", 4, 1],
    ["สมชาย", 64, 53],
  ])("of %s among %i is %i", (user, shards, shard) => {
    expect(shardOf(user, shards)).toBe(shard);
  });

  it("is the first where there is one", () => {
    expect(new Set(["42", "anna", ""].map((user) => shardOf(user, 1)))).toEqual(new Set([0]));
  });

  it.each([2, 4, 7, 64])("of neighbouring ids is each of %i about as often", (shards) => {
    const users = shards * 500;
    const counts = new Map<number, number>();
    for (let user = 0; user < users; user++) {
      const shard = shardOf(`user-${user}`, shards);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect(counts.size).toBe(shards);
    expect(Math.min(...counts.values())).toBeGreaterThan(350);
    expect(Math.max(...counts.values())).toBeLessThan(650);
  });
});
