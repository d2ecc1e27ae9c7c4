import { describe, expect, it } from "vitest";
import { writeAudienceEvent } from "../../src/objects/audience-entry.ts";
import type { Entry } from "../../src/objects/entry.ts";
import type { Page, PageAnswer, Push } from "../../src/objects/follow.ts";
import { Log } from "../../src/objects/log.ts";
import { createLogTables } from "../../src/objects/log-rows.ts";
import { Schema } from "../../src/objects/schema.ts";
import { ShardCopy, type ShardFollowing } from "../../src/objects/shard-copy.ts";
import type { Position } from "../../src/protocol/position.ts";
import { eventFor } from "./shard.ts";
import { limits, withSql } from "./stored.ts";

const NOW = 1_000_000;

/** The first shard's log, as the others see it: pages of two entries. */
class FirstShard {
  readonly epoch = "first";
  floor = 0;
  #ids: string[] = [];

  get top(): Position {
    return { epoch: this.epoch, offset: this.#ids.length };
  }

  publish(...ids: string[]): void {
    this.#ids.push(...ids);
  }

  idsAfter(offset: number): string[] {
    return this.#ids.slice(offset);
  }

  read(after: number): Page {
    const ids = this.#ids.slice(after, after + 2);
    const entries = ids.map((id, index): Entry => {
      const frame = writeAudienceEvent(eventFor("a"), { id, at: NOW });
      const channel = "notifications:role:a";
      return { offset: after + 1 + index, channel, frame, aim: undefined, expires: undefined };
    });
    return { epoch: this.epoch, after, upTo: after + entries.length, entries };
  }

  pageAfter({ epoch, offset }: Position): PageAnswer {
    const isReached = epoch === this.epoch && offset >= this.floor;
    return isReached || (epoch === "0" && this.floor === 0)
      ? { kind: "page", page: this.read(offset) }
      : { kind: "lost", top: this.top };
  }
}

/** The first shard, and the copy of it in this storage. */
async function withShards(
  test: (world: {
    first: FirstShard;
    copied: Log;
    copy: ShardCopy;
    /** What the first shard answers; a test may keep it waiting or let it fail. */
    door: { follow(): Promise<ShardFollowing>; read: (after: Position) => Promise<PageAnswer> };
    calls: string[];
    /** What the first shard pushes that continues an offset. */
    pushAfter(after: number): Push;
  }) => Promise<void>,
): Promise<void> {
  await withSql(async (sql) => {
    const first = new FirstShard();
    const schema = new Schema(sql, [createLogTables]);
    const copied = new Log(sql, schema, limits, () => NOW, writeAudienceEvent);
    const calls: string[] = [];
    const door = {
      follow: async (): Promise<ShardFollowing> => ({ top: first.top, floor: first.floor }),
      read: async (after: Position): Promise<PageAnswer> => first.pageAfter(after),
    };
    const copy = new ShardCopy(copied, {
      follow: () => {
        calls.push("follow");
        return door.follow();
      },
      read: (after) => {
        calls.push(`read ${after.offset}`);
        return door.read(after);
      },
    });
    const pushAfter = (after: number): Push => ({ kind: "page", page: first.read(after), passing: [] });
    await test({ first, copied, copy, door, calls, pushAfter });
  });
}

const many = Array.from({ length: 70 }, (_, index) => `e${index + 1}`);

/** Takes a push as a shard does. */
async function take(copy: ShardCopy, push: Push) {
  await copy.makeReady(push);
  return copy.take(push);
}

const idsIn = (log: Log, after = 0): string[] => {
  const ids: string[] = [];
  for (let at = after; at < log.top.offset; ) {
    const page = log.read(at);
    ids.push(...page.entries.map(({ frame }): string => JSON.parse(frame).id));
    at = page.upTo;
  }
  return ids;
};

const taken = { kind: "taken", connections: 0 };

describe("a shard that is filled", () => {
  it("has nothing, in no table, where the first has nothing", () =>
    withShards(async ({ copied, copy, calls }) => {
      await copy.fill();
      expect(calls).toEqual(["follow"]);
      expect(copied.top).toEqual({ epoch: "0", offset: 0 });
    }));

  it("has all that the first has, page by page, and asks no more than it needs when it is filled again", () =>
    withShards(async ({ first, copied, copy, calls }) => {
      first.publish("a", "b", "c", "d", "e");
      await copy.fill();
      expect(calls).toEqual(["follow", "read 0", "read 2", "read 4"]);
      expect(copied.top).toEqual(first.top);
      expect(idsIn(copied)).toEqual(["a", "b", "c", "d", "e"]);
      expect(copied.find("c")).toMatchObject([{ offset: 3, at: NOW }]);
      first.publish("f");
      await copy.fill();
      expect(calls.slice(4)).toEqual(["follow", "read 5"]);
      expect(idsIn(copied, 5)).toEqual(["f"]);
    }));

  it("begins where the first begins", () =>
    withShards(async ({ first, copied, copy }) => {
      first.publish(...many);
      first.floor = 60;
      await copy.fill();
      expect(copied.floor).toBe(60);
      expect(copied.top).toEqual(first.top);
      expect(idsIn(copied, 60)).toHaveLength(10);
    }));

  it("is filled once by who asks at the same time, and again after it failed", () =>
    withShards(async ({ first, copied, copy, door, calls }) => {
      first.publish("a", "b", "c");
      const { read } = door;
      door.read = async () => {
        throw new Error("out of reach");
      };
      const [one, two] = [copy.fill(), copy.fill()];
      await expect(one).rejects.toThrow("out of reach");
      await expect(two).rejects.toThrow("out of reach");
      expect(calls).toEqual(["follow", "read 0"]);
      door.read = read;
      await copy.fill();
      expect(idsIn(copied)).toEqual(["a", "b", "c"]);
    }));

  it("fails where the first does not reach back to what it offered", () =>
    withShards(async ({ first, copy, door }) => {
      first.publish("a");
      door.read = async () => ({ kind: "lost", top: first.top });
      await expect(copy.fill()).rejects.toThrow("does not reach back");
    }));

  it("begins anew where the first has another epoch", () =>
    withShards(async ({ first, copied, copy }) => {
      copied.copyFrom("older", 50);
      first.publish("a", "b");
      await copy.fill();
      expect(copied.top).toEqual(first.top);
      expect(copied.floor).toBe(0);
      expect(idsIn(copied)).toEqual(["a", "b"]);
    }));
});

describe("what the first shard pushes (F2)", () => {
  it("is taken where it continues the copy, dropped where it was had, and answered behind over a hole", () =>
    withShards(async ({ first, copied, copy, pushAfter }) => {
      first.publish("a", "b");
      expect(await take(copy, pushAfter(0))).toEqual({ answer: taken, isNew: true });
      expect(await take(copy, pushAfter(0))).toEqual({ answer: taken, isNew: false });
      first.publish("c", "d", "e");
      expect(await take(copy, pushAfter(4))).toEqual({
        answer: { kind: "behind", position: { ...first.top, offset: 2 } },
        isNew: false,
      });
      expect(await take(copy, pushAfter(1))).toEqual({ answer: taken, isNew: true });
      expect(idsIn(copied)).toEqual(["a", "b", "c"]);
    }));

  it("while it is being filled is taken, and nothing is there twice or missing", () =>
    withShards(async ({ first, copied, copy, door, pushAfter }) => {
      first.publish("a", "b", "c", "d");
      const { read } = door;
      door.read = async (after) => {
        const answer = await read(after);
        if (after.offset === 0) {
          first.publish("e");
          expect(await take(copy, pushAfter(4))).toMatchObject({ answer: { kind: "behind" } });
          // The first shard then serves it from where it is, which overtakes the answer.
          for (const at of [0, 2, 4]) await take(copy, pushAfter(at));
        }
        return answer;
      };
      await copy.fill();
      expect(idsIn(copied)).toEqual(["a", "b", "c", "d", "e"]);
      expect(copied.top).toEqual(first.top);
    }));

  it("and overtakes the word of where the copy begins waits for that", () =>
    withShards(async ({ first, copied, copy, door, pushAfter }) => {
      first.publish(...many);
      first.floor = 60;
      const following = await door.follow();
      const { promise, resolve } = Promise.withResolvers<ShardFollowing>();
      door.follow = () => promise;
      const filling = copy.fill();
      first.publish("e71");
      const answer = take(copy, pushAfter(70));
      resolve(following);
      // Answered by somebody who has nothing it would be behind where the first does not reach back to.
      expect(await answer).toMatchObject({ answer: { kind: "behind", position: { offset: 60 } } });
      await filling;
      expect(await take(copy, pushAfter(70))).toMatchObject({ isNew: true });
      expect(idsIn(copied, 60)).toHaveLength(11);
    }));

  it.each([
    ["", 0],
    [" with what it had", 3],
  ])("that it does not reach back%s has it copied anew, from the oldest that there is", (_case, had) =>
    withShards(async ({ first, copied, copy }) => {
      first.publish(...many.slice(0, had));
      await copy.fill();
      first.publish(...many);
      first.floor = 60;
      const push: Push = { kind: "reset", position: first.top };
      expect(await take(copy, push)).toEqual({ answer: taken, isNew: true });
      expect(copied.top).toEqual(first.top);
      expect(copied.floor).toBe(60);
      expect(idsIn(copied, 60)).toEqual(first.idsAfter(60));
    }),
  );

  it("that it does not reach back fails where nothing can be fetched, and is pushed again", () =>
    withShards(async ({ first, copied, copy, door }) => {
      first.publish("a");
      door.read = async () => {
        throw new Error("out of reach");
      };
      await expect(take(copy, { kind: "reset", position: first.top })).rejects.toThrow("out of reach");
      expect(copied.top.offset).toBe(0);
    }));
});
