import { describe, expect, it } from "vitest";
import { ConnectionGate } from "../../src/objects/connection-gate.ts";

/** Shards that know of each other, with users whom nobody has counted yet. */
function shardsOf(count: number, limit: number) {
  const surroundings = { now: 1_800_000_000_000, limit, asked: 0, full: [] as number[] };
  const gates: ConnectionGate[] = [];
  const counted = Array.from({ length: count }, () => new Map<string, number>());
  for (const [shard, users] of counted.entries()) {
    gates.push(
      new ConnectionGate({
        limit: () => surroundings.limit,
        shards: () => count,
        census: {
          get connections() {
            return [...users.values()].reduce((sum, connections) => sum + connections, 0);
          },
          connectionsOf: (user) => users.get(user) ?? 0,
        },
        elsewhere: async () => {
          surroundings.asked += 1;
          await Promise.resolve();
          return gates.reduce((sum, gate, other) => (other === shard ? sum : sum + gate.connections), 0);
        },
        full: (connections) => surroundings.full.push(connections),
        now: () => surroundings.now,
      }),
    );
  }
  const admit = async (shard: number, user: string) => {
    const gate = gates[shard % count];
    if (!gate) throw new Error("There is such a shard.");
    return await gate.admit(user);
  };
  return { surroundings, counted, admit };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describe("the limit of connections in all", () => {
  it("is met exactly by those who come one after the other", async () => {
    const { admit, surroundings } = shardsOf(4, 10);
    const kinds: string[] = [];
    for (const n of numbers(12)) kinds.push((await admit(n, `u${n}`)).kind);
    expect(kinds).toEqual([...numbers(10).map(() => "admitted"), "full", "full"]);
    expect(surroundings.full).toEqual([10, 10]);
  });

  it.each([1, 2, 4, 16])(
    "holds for 500 who come to %i shards at once, and lets nearly all in",
    async (count) => {
      const { admit } = shardsOf(count, 200);
      const entries = await Promise.all(numbers(500).map((n) => admit(n, `u${n}`)));
      const admitted = entries.filter(({ kind }) => kind === "admitted").length;
      expect(admitted).toBeLessThanOrEqual(200);
      expect(admitted).toBeGreaterThan(200 - count);
    },
  );

  it("does not add what is expected of a user to what is counted", async () => {
    const { admit, counted } = shardsOf(2, 3);
    expect((await admit(0, "u")).kind).toBe("admitted");
    expect((await admit(0, "u")).kind).toBe("admitted");
    counted[0]?.set("u", 2);
    expect((await admit(1, "v")).kind).toBe("admitted");
    expect((await admit(1, "w")).kind).toBe("full");
  });

  it("forgets who was let in and never came", async () => {
    const { admit, surroundings } = shardsOf(2, 1);
    expect((await admit(0, "u")).kind).toBe("admitted");
    expect((await admit(0, "u")).kind).toBe("full");
    surroundings.now += 10_001;
    expect((await admit(1, "v")).kind).toBe("admitted");
  });

  it("lets a part of it in without asking while it is far, all together no more than a twentieth", async () => {
    const { admit, counted, surroundings } = shardsOf(4, 10_000);
    const leaves = await Promise.all(numbers(60).map((n) => admit(n, `u${n}`)));
    const more = leaves.map((entry) => (entry.kind === "admitted" ? entry.more : 0));
    expect(Math.max(...more)).toBe(25);
    expect(more.reduce((sum, one) => sum + one, 0)).toBe(500);
    surroundings.now += 30_001;
    expect(await admit(0, "later")).toMatchObject({ more: 25 });
    counted[1]?.set("many", 9000);
    expect(await admit(2, "near")).toMatchObject({ kind: "admitted", more: 0 });
  });

  it("is none where it is 0, and asks nobody", async () => {
    const { admit, surroundings } = shardsOf(4, 0);
    for (const n of numbers(20)) expect((await admit(n, `u${n}`)).kind).toBe("admitted");
    expect(surroundings.asked).toBe(0);
  });
});
