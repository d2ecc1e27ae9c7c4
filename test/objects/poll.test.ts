import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Log } from "../../src/objects/log.ts";
import { type MaySee, type Polled, type PollQuery, poll } from "../../src/objects/poll.ts";
import type { Publication } from "../../src/objects/publication.ts";
import { openLog, publication, withSql } from "./stored.ts";

const identity = { userId: "42", roles: [], tenants: [], grants: [], issuedAt: 0, expiresAt: 0 };
const viewer = { identity, client: "tab" };

/** What a log may hold for a viewer: an entry for it, one for others, one of a channel it may not see, one too old. */
type Kind = "mine" | "withheld" | "unseen" | "expired";

const maySee: MaySee = (channel) => channel !== "user:42:hidden";

function entry(id: string, kind: Kind, store = true): Publication {
  const [event] = publication(id).events;
  if (!event) throw new Error("A publication has one event.");
  const more = {
    mine: {},
    withheld: { aim: { except: { client: "tab" } } },
    unseen: { channel: "user:42:hidden" },
    expired: { ttl: 1 },
  }[kind];
  return { id, hash: "h", events: [{ ...event, ...more, store }] };
}

/** A log of such entries, some of them expired by now, and the offsets of those that the viewer is to get. */
function fill(sql: SqlStorage, kinds: readonly Kind[], pageEvents = 3) {
  let time = 0;
  const log = openLog(sql, { pageEvents }, () => time);
  for (const [index, kind] of kinds.entries()) log.take(entry(`e${index + 1}`, kind));
  time = 10_000;
  const mine = kinds.flatMap((kind, index) => (kind === "mine" ? [index + 1] : []));
  return { log, mine };
}

const ask = (log: Log, query: Omit<PollQuery, "limit"> & { limit?: number }) =>
  poll(log, viewer, maySee, { limit: 4, ...query });

const offsetsOf = ({ events }: Polled) =>
  events.map((frame) => (JSON.parse(frame) as { offset: number }).offset);

/** Asks on from each answer's position until there is no more. */
function walk(log: Log, way: "since" | "before", from: number, limit: number): Polled[] {
  const answers: Polled[] = [];
  let position = { epoch: log.top.epoch, offset: from };
  for (let asked = 0; asked < 1000; asked++) {
    const answer = ask(log, { [way]: position, limit });
    answers.push(answer);
    if (!answer.more) return answers;
    const { offset } = answer.position;
    if (way === "since" ? offset <= position.offset : offset >= position.offset) {
      throw new Error(`The walk does not get on from ${position.offset}.`);
    }
    position = answer.position;
  }
  throw new Error("The walk does not end.");
}

describe("a poll", () => {
  it("without a position answers the top and no events", () =>
    withSql((sql) => {
      const { log } = fill(sql, ["mine", "mine"]);
      expect(ask(log, {})).toEqual({ events: [], position: log.top, recovered: true, more: false });
    }));

  it.each(["since", "before"] as const)("of a log without entries by %s finds nothing", (way) =>
    withSql((sql) => {
      const start = { epoch: "0", offset: 0 };
      const nothing = { events: [], position: start, recovered: true, more: false };
      expect(ask(openLog(sql), { [way]: start })).toEqual(nothing);
    }),
  );

  it("moves its position over what is withheld", () =>
    withSql((sql) => {
      const { log } = fill(sql, ["mine", "withheld", "unseen", "expired", "expired"]);
      const answer = ask(log, { since: { epoch: "0", offset: 0 } });
      expect(offsetsOf(answer)).toEqual([1]);
      expect(answer).toMatchObject({ position: log.top, recovered: true, more: false });
      const nothing = ask(log, { since: { epoch: log.top.epoch, offset: 1 } });
      expect(nothing).toMatchObject({ events: [], position: { offset: 5 }, more: false });
    }));

  it("stops at its limit and says that there is more", () =>
    withSql((sql) => {
      const { log } = fill(sql, ["mine", "mine", "mine", "mine", "mine"]);
      const answer = ask(log, { since: { epoch: "0", offset: 0 }, limit: 2 });
      expect(offsetsOf(answer)).toEqual([1, 2]);
      expect(answer).toMatchObject({ position: { epoch: log.top.epoch, offset: 2 }, more: true });
      const back = ask(log, { before: { epoch: "0", offset: 99 }, limit: 2 });
      expect(offsetsOf(back)).toEqual([4, 5]);
      expect(back).toMatchObject({ position: { epoch: log.top.epoch, offset: 4 }, more: true });
    }));

  it("gives history before a position, without the entry there", () =>
    withSql((sql) => {
      const { log } = fill(sql, ["mine", "mine", "mine"]);
      expect(offsetsOf(ask(log, { before: log.top }))).toEqual([1, 2]);
      expect(ask(log, { before: { ...log.top, offset: 1 } })).toMatchObject({ events: [], more: false });
      expect(ask(log, { before: { ...log.top, offset: 0 } })).toMatchObject({ events: [], more: false });
    }));

  it.each([
    ["since another epoch", { since: { epoch: "another", offset: 1 } }],
    ["before another epoch", { before: { epoch: "another", offset: 1 } }],
    ["since the future", { since: { epoch: "0", offset: 31 } }],
    ["since what the log has lost", { since: { epoch: "0", offset: 19 } }],
    ["before what the log has lost", { before: { epoch: "0", offset: 19 } }],
  ])("%s is answered with recovered: false and the top (R3)", (_case, query) =>
    withSql((sql) => {
      const log = openLog(sql, { events: 10 });
      for (let at = 1; at <= 30; at++) log.take(publication(`e${at}`));
      log.prune();
      expect(ask(log, query)).toEqual({ events: [], position: log.top, recovered: false, more: false });
    }),
  );

  it("gives all that the log has kept and nothing of what it has not, by either way", () =>
    withSql((sql) => {
      const log = openLog(sql, { events: 10, pageEvents: 3 });
      for (let at = 1; at <= 30; at++) log.take(publication(`e${at}`));
      const kept = [21, 22, 23, 24, 25, 26, 27, 28, 29, 30];
      // Before and after what lies beyond the limit is taken away.
      for (let round = 0; round < 2; round++) {
        expect(walk(log, "since", 20, 4).flatMap(offsetsOf)).toEqual(kept);
        expect(walk(log, "before", 31, 4).reverse().flatMap(offsetsOf)).toEqual(kept);
        log.prune();
      }
    }));

  it("bounds an answer by its size, as a replay's frame is", () =>
    withSql((sql) => {
      const log = openLog(sql, { pageBytes: 10_000 });
      const data = JSON.stringify("x".repeat(5000));
      for (let at = 1; at <= 50; at++) log.take(publication(`e${at}`, { data }));
      for (const query of [{ since: { epoch: "0", offset: 0 } }, { before: { epoch: "0", offset: 99 } }]) {
        const { events, more } = ask(log, { ...query, limit: 50 });
        expect(events.join("").length).toBeLessThan(20_000);
        expect(more).toBe(true);
      }
    }));

  it("walks the log exactly, by since and by before, whatever it holds and however it is paged", async () => {
    const kind = fc.constantFrom<Kind>("mine", "mine", "withheld", "unseen", "expired");
    const cases = fc.record({
      kinds: fc.array(kind, { minLength: 1, maxLength: 40 }),
      pageEvents: fc.integer({ min: 1, max: 7 }),
      limit: fc.integer({ min: 1, max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, ({ kinds, pageEvents, limit }) =>
        withSql((sql) => {
          const { log, mine } = fill(sql, kinds, pageEvents);
          const woken = openLog(sql, { pageEvents }, () => 10_000);
          for (const one of [log, woken]) {
            const forward = walk(one, "since", 0, limit);
            expect(forward.flatMap(offsetsOf)).toEqual(mine);
            expect(forward.at(-1)?.position).toEqual(one.top);
            const back = walk(one, "before", kinds.length + 1, limit);
            expect([...back].reverse().flatMap(offsetsOf)).toEqual(mine);
            for (const answer of [...forward, ...back]) {
              expect(answer.events.length).toBeLessThanOrEqual(limit);
              expect(answer.recovered).toBe(true);
            }
          }
        }),
      ),
      { numRuns: 60 },
    );
  });
});
