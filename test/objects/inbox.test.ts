import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Selection } from "../../src/objects/inbox.ts";
import type { Times } from "../../src/objects/inbox-state.ts";
import type { Mark } from "../../src/protocol/frames.ts";
import { Model } from "./inbox/model.ts";
import { arrival, DAY, Opened, START } from "./inbox/opened.ts";
import { withSql } from "./stored.ts";

const none = { seenAt: null, readAt: null, archivedAt: null };
const rowsIn = (sql: SqlStorage) =>
  sql.exec<{ offset: number; id: string }>("SELECT offset, id FROM inbox ORDER BY offset").toArray();

describe.each([
  ["that stays awake", false],
  ["that sleeps after everything", true],
])("an inbox %s", (_how, isSleepy) => {
  const withInbox = (test: (opened: Opened, sql: SqlStorage) => void, limits = {}) =>
    withSql((sql) => test(new Opened(sql, isSleepy, limits), sql));

  it("that nothing has come into has no table, and nothing to tell", () =>
    withInbox(({ inbox, shown }, sql) => {
      expect(inbox.counts).toEqual({ total: 0, unread: 0, unseen: 0 });
      expect(shown).toEqual([]);
      expect(inbox.find("n1")).toBeUndefined();
      expect(inbox.due()).toBeUndefined();
      expect(inbox.prune()).toBeUndefined();
      for (const selection of [{ ids: ["n1"] }, { all: true as const }]) {
        expect(inbox.mark("read", selection)).toBeUndefined();
        expect(inbox.mark("deleted", selection)).toBeUndefined();
      }
      expect(sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'inbox'").toArray()).toEqual([]);
    }));

  it("gives back a notification as it came", () =>
    withInbox((opened) => {
      const came = arrival(7, {
        id: "seven",
        type: "payment",
        title: { th: "หัวเรื่อง", en: "<b>A title</b>" },
        message: "A message with \u0000, \u2028 and \ud83d\ude00",
        actionUrl: "/payments/7",
        actionText: "Open",
        priority: "critical",
        collapseKey: "seven",
        expiresAt: START + 1,
        silent: true,
        data: '{"__proto__":1}',
        at: START - 5,
        channel: "farmer:42:payments",
        aim: { only: { roles: ["admin"] } },
      });
      const { item, replaces } = opened.inbox.add(came);
      expect(replaces).toBeUndefined();
      const { content } = came;
      expect(opened.inbox.find("seven")).toEqual(item);
      expect(item).toMatchObject({
        offset: 7,
        id: "seven",
        type: "payment",
        at: START - 5,
        ...none,
        content,
      });
      expect(item).toMatchObject({ channel: "farmer:42:payments", aim: came.aim, expires: START + 1 });
      expect(opened.shown).toEqual([item]);
      opened.inbox.add(arrival(8));
      expect(opened.inbox.find("n8")).toMatchObject({ aim: undefined, expires: undefined });
    }));

  it("counts what is not archived, and of that what was not read and not seen", () =>
    withInbox((opened) => {
      opened.fill(1, 2, 3, 4);
      expect(opened.inbox.counts).toEqual({ total: 4, unread: 4, unseen: 4 });
      opened.inbox.mark("seen", { ids: ["n1", "n2"] });
      expect(opened.inbox.counts).toEqual({ total: 4, unread: 4, unseen: 2 });
      opened.inbox.mark("read", { ids: ["n2", "n3"] });
      expect(opened.inbox.counts).toEqual({ total: 4, unread: 2, unseen: 1 });
      opened.inbox.mark("archived", { ids: ["n3", "n4"] });
      expect(opened.inbox.counts).toEqual({ total: 2, unread: 1, unseen: 0 });
      opened.inbox.mark("unarchived", { ids: ["n4"] });
      opened.inbox.mark("unread", { ids: ["n2"] });
      expect(opened.inbox.counts).toEqual({ total: 3, unread: 3, unseen: 1 });
      opened.inbox.mark("deleted", { ids: ["n1", "n3", "n4"] });
      expect(opened.inbox.counts).toEqual({ total: 1, unread: 1, unseen: 0 });
    }));

  it("tells what a mark changed, and nothing where all was so already", () =>
    withInbox((opened) => {
      opened.fill(1, 2, 3);
      opened.now += 5;
      expect(opened.inbox.mark("read", { ids: ["n3", "n1", "n3", "none"] })).toEqual({
        ...{ kind: "marked", as: "read", at: START + 5 },
        which: { ids: ["n3", "n1"] },
      });
      opened.now += 5;
      expect(opened.inbox.mark("read", { ids: ["n1", "n2", "n3"] })).toMatchObject({
        which: { ids: ["n2"] },
      });
      expect(opened.inbox.mark("read", { ids: ["n1", "n2", "n3"] })).toBeUndefined();
      expect(opened.inbox.mark("read", { all: true })).toBeUndefined();
      expect(opened.inbox.mark("unarchived", { all: true })).toBeUndefined();
      expect(opened.inbox.mark("read", { ids: ["none", ""] })).toBeUndefined();
      expect(opened.shown.map(({ readAt }) => readAt)).toEqual([START + 5, START + 10, START + 5]);
      expect(opened.inbox.mark("deleted", { ids: ["n2", "none"] })).toEqual({
        kind: "deleted",
        which: { ids: ["n2"] },
      });
      expect(opened.inbox.mark("deleted", { ids: ["n2"] })).toBeUndefined();
    }));

  it("marks all up to an offset, and nothing that arrived after it", () =>
    withInbox((opened) => {
      opened.fill(2, 4, 6);
      expect(opened.inbox.mark("read", { all: true, upTo: 5 })).toEqual({
        ...{ kind: "marked", as: "read", at: START },
        which: { all: true, upTo: 5 },
      });
      expect(opened.shown.map(({ readAt }) => readAt)).toEqual([null, START, START]);
      expect(opened.inbox.counts).toEqual({ total: 3, unread: 1, unseen: 1 });
      expect(opened.inbox.mark("read", { all: true, upTo: 5 })).toBeUndefined();
      expect(opened.inbox.mark("read", { all: true, upTo: 1 })).toBeUndefined();
      expect(opened.inbox.mark("archived", { all: true, upTo: 0 })).toBeUndefined();
      // Beyond what there is, all is what there is: what comes later is untouched.
      expect(opened.inbox.mark("read", { all: true, upTo: 1000 })).toMatchObject({ which: { upTo: 6 } });
      opened.fill(8);
      expect(opened.inbox.counts).toEqual({ total: 4, unread: 1, unseen: 1 });
      expect(opened.inbox.find("n8")).toMatchObject(none);
    }));

  it("lets a mark of one hold against an earlier one of all, and the other way round", () =>
    withInbox((opened) => {
      opened.fill(1, 2);
      opened.inbox.mark("read", { all: true });
      opened.now += 5;
      opened.inbox.mark("unread", { ids: ["n1"] });
      expect(opened.shown.map(({ readAt }) => readAt)).toEqual([START, null]);
      opened.inbox.mark("archived", { ids: ["n2"] });
      opened.inbox.mark("unarchived", { all: true });
      opened.inbox.mark("read", { all: true });
      expect(opened.shown.map(({ readAt }) => readAt)).toEqual([START, START + 5]);
      expect(opened.shown.map(({ archivedAt }) => archivedAt)).toEqual([null, null]);
    }));

  it("gives the same after any number of marks of all, each undone", () =>
    withInbox((opened) => {
      const model = new Model();
      for (const offset of [1, 2, 3, 4, 5, 6]) {
        opened.fill(offset);
        model.arrive({ ...arrival(offset), type: "news", collapseKey: undefined, expiresAt: undefined });
      }
      const marks = ["read", "archived", "unread", "seen", "unseen", "unarchived"] as const;
      for (let n = 0; n < 60; n++) {
        opened.now += 1;
        const as = marks[n % marks.length] ?? "read";
        const selection: Selection =
          n % 7 === 3 ? { ids: [`n${(n % 6) + 1}`] } : { all: true, upTo: 1 + (n % 6) };
        const isChange = model.mark(as, selection, opened.now);
        expect(opened.inbox.mark(as, selection) !== undefined).toBe(isChange);
        expect(opened.inbox.counts).toEqual(model.counts);
        const times = ({ seenAt, readAt, archivedAt }: Times) => [seenAt, readAt, archivedAt];
        expect(opened.shown.map(times)).toEqual(model.notes.toReversed().map(times));
      }
    }));

  it("deletes all up to an offset for good, rows and all", () =>
    withInbox((opened, sql) => {
      opened.fill(1, 2, 3, 4);
      opened.inbox.mark("read", { all: true });
      expect(opened.inbox.mark("deleted", { all: true, upTo: 2 })).toEqual({
        kind: "deleted",
        which: { all: true, upTo: 2 },
      });
      expect(opened.ids).toEqual(["n4", "n3"]);
      expect(opened.inbox.find("n2")).toBeUndefined();
      expect(opened.inbox.counts).toEqual({ total: 2, unread: 0, unseen: 0 });
      for (const as of ["unread", "deleted"] as const) {
        expect(opened.inbox.mark(as, { ids: ["n1", "n2"] })).toBeUndefined();
        expect(opened.inbox.mark(as, { all: true, upTo: 2 })).toBeUndefined();
      }
      expect(opened.inbox.due()).toBe(opened.now);
      expect(opened.inbox.prune()).toBeUndefined();
      expect(opened.inbox.due()).toBe(START + 90 * DAY);
      expect(rowsIn(sql).map(({ offset }) => offset)).toEqual([3, 4]);
    }));

  it("keeps of a newest one that was deleted nothing but its place, until another comes", () =>
    withInbox((opened, sql) => {
      for (const selection of [{ ids: ["n2"] }, { all: true as const }]) {
        opened.fill(2);
        opened.inbox.mark("deleted", selection);
        expect(opened.inbox.counts).toEqual({ total: 0, unread: 0, unseen: 0 });
        expect(opened.shown).toEqual([]);
        expect(opened.inbox.find("n2")).toBeUndefined();
        expect(opened.inbox.find("")).toBeUndefined();
        expect(opened.inbox.mark("read", { all: true })).toBeUndefined();
        expect(opened.inbox.mark("deleted", { all: true })).toBeUndefined();
        expect(opened.inbox.mark("deleted", { ids: [""] })).toBeUndefined();
        expect(sql.exec("SELECT * FROM inbox").toArray()).toMatchObject([
          { offset: 2, id: "", channel: "", aim: null, collapse: null, content: "" },
        ]);
        opened.fill(5);
        expect(rowsIn(sql)).toEqual([{ offset: 5, id: "n5" }]);
        expect(opened.inbox.counts).toEqual({ total: 1, unread: 1, unseen: 1 });
        opened.inbox.mark("deleted", { all: true });
        sql.exec("DELETE FROM inbox");
        opened.sleep();
      }
    }));

  it("remembers counts and marks of all when the newest are deleted one after the other", () =>
    withInbox((opened) => {
      opened.fill(1, 2, 3, 4);
      opened.inbox.mark("read", { all: true, upTo: 2 });
      opened.inbox.mark("deleted", { ids: ["n4"] });
      opened.inbox.mark("deleted", { ids: ["n3"] });
      expect(opened.inbox.counts).toEqual({ total: 2, unread: 0, unseen: 0 });
      opened.inbox.mark("unread", { ids: ["n1"] });
      opened.fill(6);
      expect(opened.inbox.counts).toEqual({ total: 3, unread: 2, unseen: 1 });
      expect(opened.shown.map(({ id, readAt }) => [id, readAt])).toEqual([
        ["n6", null],
        ["n2", START],
        ["n1", null],
      ]);
    }));

  it("lets a notification take the place of an unread one of the same key, wherever that lies", () =>
    withInbox((opened, sql) => {
      const add = (offset: number, collapseKey?: string) =>
        opened.inbox.add(arrival(offset, { ...(collapseKey !== undefined && { collapseKey }) })).replaces;
      expect(add(1, "a")).toBeUndefined();
      // The newest is replaced itself.
      expect(add(2, "a")).toBe("n1");
      expect(add(3)).toBeUndefined();
      expect(add(4, "b")).toBeUndefined();
      expect(add(5, "a")).toBe("n2");
      expect(opened.ids).toEqual(["n5", "n4", "n3"]);
      expect(opened.inbox.counts).toEqual({ total: 3, unread: 3, unseen: 3 });
      // One that was read stays, also if it was marked along with others.
      opened.inbox.mark("read", { ids: ["n4"] });
      expect(add(6, "b")).toBeUndefined();
      opened.inbox.mark("read", { all: true });
      expect(add(7, "a")).toBeUndefined();
      opened.inbox.mark("unread", { ids: ["n5"] });
      // Of several unread ones the newest is replaced.
      expect(add(8, "a")).toBe("n7");
      expect(add(9, "a")).toBe("n8");
      opened.inbox.mark("read", { ids: ["n9"] });
      expect(add(10, "a")).toBe("n5");
      expect(opened.ids).toEqual(["n10", "n9", "n6", "n4", "n3"]);
      expect(opened.inbox.counts).toEqual({ total: 5, unread: 1, unseen: 1 });
      expect(rowsIn(sql)).toHaveLength(5);
      // What is archived and unread is replaced too: it was not dealt with.
      opened.inbox.mark("archived", { ids: ["n10"] });
      expect(add(11, "a")).toBe("n10");
      expect(opened.inbox.counts).toEqual({ total: 5, unread: 1, unseen: 1 });
      opened.inbox.mark("deleted", { all: true });
      expect(add(12, "a")).toBeUndefined();
      opened.inbox.mark("deleted", { ids: ["n12"] });
      expect(add(13, "a")).toBeUndefined();
      expect(opened.ids).toEqual(["n13"]);
    }));

  it("leaves no rows behind when one is updated again and again, or deleted as it comes", () =>
    withInbox((opened, sql) => {
      for (let offset = 1; offset <= 50; offset++) opened.inbox.add(arrival(offset, { collapseKey: "a" }));
      expect(rowsIn(sql)).toEqual([{ offset: 50, id: "n50" }]);
      for (let offset = 51; offset <= 100; offset++) {
        opened.fill(offset);
        opened.inbox.mark("deleted", { ids: [`n${offset}`] });
      }
      expect(rowsIn(sql)).toEqual([
        { offset: 50, id: "n50" },
        { offset: 100, id: "" },
      ]);
    }));

  it("hides what has expired at once, and takes it away when it is pruned", () =>
    withInbox((opened) => {
      opened.inbox.add(arrival(1, { expiresAt: START + 10 }));
      opened.inbox.add(arrival(2, { expiresAt: START + 20 }));
      opened.fill(3);
      expect(opened.inbox.due()).toBe(START + 10);
      opened.now = START + 9;
      expect(opened.ids).toEqual(["n3", "n2", "n1"]);
      expect(opened.inbox.prune()).toBeUndefined();
      opened.now = START + 10;
      expect(opened.ids).toEqual(["n3", "n2"]);
      expect(opened.inbox.find("n1")).toBeUndefined();
      expect(opened.inbox.prune()).toEqual({ kind: "deleted", which: { ids: ["n1"] } });
      expect(opened.inbox.counts).toEqual({ total: 2, unread: 2, unseen: 2 });
      expect(opened.inbox.due()).toBe(START + 20);
      opened.inbox.mark("deleted", { ids: ["n2"] });
      // It may be woken too early, once.
      opened.now = opened.inbox.due() ?? 0;
      expect(opened.inbox.prune()).toBeUndefined();
      expect(opened.inbox.due()).toBe(START + 90 * DAY);
    }));

  it("takes away what is too old, by when it was published", () =>
    withInbox((opened) => {
      opened.inbox.add(arrival(1, { at: START }));
      // It came later, from an audience, and is older.
      opened.inbox.add(arrival(2, { at: START - DAY }));
      opened.inbox.add(arrival(3, { at: START + DAY }));
      opened.inbox.mark("archived", { ids: ["n2"] });
      expect(opened.inbox.due()).toBe(START + 89 * DAY);
      opened.now = START + 89 * DAY;
      expect(opened.inbox.prune()).toMatchObject({ which: { ids: ["n2"] } });
      expect(opened.inbox.counts).toEqual({ total: 2, unread: 2, unseen: 2 });
      opened.now = START + 92 * DAY;
      expect(opened.inbox.prune()).toMatchObject({ which: { ids: ["n1", "n3"] } });
      expect(opened.inbox.counts).toEqual({ total: 0, unread: 0, unseen: 0 });
      expect(opened.inbox.due()).toBeUndefined();
      opened.inbox.add(arrival(4, { at: START + 95 * DAY }));
      expect(opened.inbox.due()).toBe(START + 185 * DAY);
    }));

  it("keeps no more than the limit: the oldest that were read or archived go first, then the oldest", () =>
    withInbox(
      (opened) => {
        opened.fill(1, 2, 3, 4, 5);
        expect(opened.inbox.due()).toBe(START + 90 * DAY);
        opened.inbox.mark("read", { ids: ["n4"] });
        opened.inbox.mark("archived", { ids: ["n3"] });
        opened.inbox.mark("seen", { ids: ["n1"] });
        opened.fill(6, 7);
        expect(opened.inbox.due()).toBe(START);
        expect(opened.inbox.prune()).toEqual({ kind: "deleted", which: { ids: ["n3", "n4"] } });
        expect(opened.inbox.due()).toBe(START + 90 * DAY);
        expect(opened.ids).toEqual(["n7", "n6", "n5", "n2", "n1"]);
        expect(opened.inbox.counts).toEqual({ total: 5, unread: 5, unseen: 4 });
        opened.inbox.mark("read", { all: true, upTo: 1 });
        opened.fill(8, 9, 10);
        expect(opened.inbox.prune()).toEqual({ kind: "deleted", which: { ids: ["n1", "n2", "n5"] } });
        // Even if all that came after it has been read.
        opened.inbox.mark("unread", { ids: ["n10"] });
        opened.inbox.mark("read", { ids: ["n9", "n8", "n7"] });
        opened.fill(11, 12, 13);
        expect(opened.inbox.prune()).toMatchObject({ which: { ids: ["n7", "n8", "n9"] } });
        expect(opened.ids).toEqual(["n13", "n12", "n11", "n10", "n6"]);
      },
      { notifications: 5 },
    ));

  it("gives pages of what fits and is meant, that stay in place when more comes", () =>
    withInbox((opened) => {
      opened.fill(1, 2, 3);
      opened.inbox.add(arrival(4, { type: "__proto__" }));
      opened.inbox.add(arrival(5, { aim: { only: { roles: ["admin"] } } }));
      opened.fill(6, 7);
      opened.inbox.mark("read", { ids: ["n2", "n6"] });
      opened.inbox.mark("archived", { ids: ["n3"] });
      const page = (before: number, limit: number, filter = {}, isMeant = (_: unknown) => true) => {
        const { items, next } = opened.inbox.page(before, limit, filter, isMeant);
        return [items.map(({ id }) => id).join(" "), next];
      };
      const top = Number.MAX_SAFE_INTEGER;
      expect(page(top, 10)).toEqual(["n7 n6 n5 n4 n2 n1", undefined]);
      expect(page(top, 6)).toEqual(["n7 n6 n5 n4 n2 n1", undefined]);
      expect(page(top, 5)).toEqual(["n7 n6 n5 n4 n2", 2]);
      expect(page(top, 2)).toEqual(["n7 n6", 6]);
      opened.fill(9);
      expect(page(6, 2)).toEqual(["n5 n4", 4]);
      expect(page(4, 2)).toEqual(["n2 n1", undefined]);
      expect(page(1, 2)).toEqual(["", undefined]);
      expect(page(top, 10, { unread: true })).toEqual(["n9 n7 n5 n4 n1", undefined]);
      expect(page(top, 10, { unread: false })).toEqual(["n6 n2", undefined]);
      expect(page(top, 10, { archived: true })).toEqual(["n3", undefined]);
      expect(page(top, 1, { archived: true, unread: true })).toEqual(["n3", undefined]);
      expect(page(top, 10, { archived: true, unread: false })).toEqual(["", undefined]);
      expect(page(top, 10, { type: "__proto__" })).toEqual(["n4", undefined]);
      expect(page(top, 10, { type: "none" })).toEqual(["", undefined]);
      const isForAll = (item: unknown) => (item as { aim: unknown }).aim === undefined;
      expect(page(top, 4, {}, isForAll)).toEqual(["n9 n7 n6 n4", 4]);
    }));

  it("shows of several with one id, published long after one another, the newest", () =>
    withInbox((opened) => {
      for (const offset of [1, 2, 3]) opened.inbox.add(arrival(offset, { id: offset === 2 ? "b" : "a" }));
      expect(opened.inbox.find("a")).toMatchObject({ offset: 3 });
      expect(opened.inbox.mark("read", { ids: ["a", "b"] })).toMatchObject({ which: { ids: ["a", "b"] } });
      expect(opened.inbox.counts).toEqual({ total: 3, unread: 1, unseen: 1 });
      opened.inbox.mark("deleted", { ids: ["a"] });
      expect(opened.inbox.find("a")).toMatchObject({ offset: 1, readAt: null });
    }));
});

describe("an inbox of thousands", () => {
  const fill = (opened: Opened, count: number) =>
    opened.fill(...Array.from({ length: count }, (_, index) => index + 1));

  it("gives pages of what lies far below what does not fit", () =>
    withSql((sql) => {
      const opened = new Opened(sql);
      fill(opened, 1600);
      opened.inbox.mark("read", { all: true });
      opened.inbox.mark("unread", { ids: ["n3", "n550", "n1100"] });
      const page = (before: number, limit: number) =>
        opened.inbox.page(before, limit, { unread: true }, () => true);
      expect(page(5000, 2)).toMatchObject({ items: [{ id: "n1100" }, { id: "n550" }], next: 550 });
      expect(page(550, 2)).toMatchObject({ items: [{ id: "n3" }], next: undefined });
      expect(page(5000, 3).next).toBeUndefined();
    }));

  it("marks a thousand by their ids in their order, of which some are not there", () =>
    withSql((sql) => {
      const opened = new Opened(sql);
      fill(opened, 1200);
      const ids = Array.from({ length: 1000 }, (_, index) => `n${3000 - 2 * index}`);
      const change = opened.inbox.mark("read", { ids });
      expect(change?.which).toEqual({ ids: ids.filter((id) => Number(id.slice(1)) <= 1200) });
      expect(opened.inbox.counts.unread).toBe(1200 - 100);
    }));

  it("prunes in batches, until nothing is due", () =>
    withSql((sql) => {
      const opened = new Opened(sql, false, { notifications: 200 });
      fill(opened, 1300);
      const batches: number[] = [];
      for (let due = opened.inbox.due(); due !== undefined && due <= opened.now; due = opened.inbox.due()) {
        const change = opened.inbox.prune();
        batches.push(change && "ids" in change.which ? change.which.ids.length : 0);
        expect(opened.inbox.counts.total).toBe(1300 - batches.reduce((sum, gone) => sum + gone));
      }
      expect(batches).toEqual([500, 500, 100]);
      opened.now = START + 90 * DAY;
      expect(opened.inbox.prune()?.which).toMatchObject({ ids: expect.objectContaining({ length: 200 }) });
      fill(opened, 0);
      expect(opened.inbox.counts.total).toBe(0);
    }));

  it("lets a few more than the limit lie, so that pruning comes in batches", () =>
    withSql((sql) => {
      const opened = new Opened(sql, false, { notifications: 300 });
      fill(opened, 303);
      expect(opened.inbox.due()).toBe(START + 90 * DAY);
      opened.fill(304);
      expect(opened.inbox.due()).toBe(START);
      expect(opened.inbox.prune()?.which).toEqual({ ids: ["n1", "n2", "n3", "n4"] });
    }));

  it("takes the rows of what was deleted at once away in batches, and tells nobody of it", () =>
    withSql((sql) => {
      const opened = new Opened(sql);
      fill(opened, 1300);
      opened.inbox.mark("deleted", { all: true });
      const left: number[] = [];
      while ((opened.inbox.due() ?? Number.POSITIVE_INFINITY) <= opened.now) {
        expect(opened.inbox.prune()).toBeUndefined();
        left.push(rowsIn(sql).length);
      }
      expect(left).toEqual([800, 300, 1]);
      opened.fill(1301);
      expect(rowsIn(sql)).toEqual([{ offset: 1301, id: "n1301" }]);
    }));
});

type Step =
  | {
      readonly do: "add";
      readonly key: string | undefined;
      readonly life: number | undefined;
      readonly age: number;
    }
  | { readonly do: "mark"; readonly as: Mark; readonly ids: readonly number[] }
  | { readonly do: "markAll"; readonly as: Mark; readonly back: number | undefined }
  | { readonly do: "prune" | "sleep" }
  | { readonly do: "wait"; readonly ms: number };

const mark = fc.constantFrom<Mark>("read", "unread", "seen", "unseen", "archived", "unarchived", "deleted");
const maybe = <Value>(some: fc.Arbitrary<Value>) => fc.option(some, { nil: undefined });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("add" as const),
      key: maybe(fc.constantFrom("a", "b")),
      life: maybe(fc.integer({ min: 1, max: 40 })),
      age: fc.nat(20),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("mark" as const),
      as: mark,
      ids: fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("markAll" as const), as: mark, back: maybe(fc.nat(10)) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("prune" as const, "sleep" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(20) }) },
);

describe("whatever is done with an inbox", () => {
  it("it is what a plain list would be", () =>
    withSql((sql) => {
      // Days are milliseconds here, as the test needs them to pass.
      const limits = { notifications: 8, days: 60 / DAY };
      fc.assert(
        fc.property(fc.array(step, { minLength: 20, maxLength: 80, size: "max" }), (steps) => {
          sql.exec("DROP TABLE IF EXISTS inbox");
          sql.exec("DROP TABLE IF EXISTS carillon");
          const opened = new Opened(sql, false, limits);
          const model = new Model();
          let offset = 0;
          for (const one of steps) {
            take(one);
            expect(opened.inbox.counts).toEqual(model.counts);
            const shown = (isArchived: boolean) => model.shown(opened.now, isArchived);
            const expected = [...shown(false), ...shown(true)].toSorted((a, b) => b.offset - a.offset);
            expect(
              opened.shown.map(({ content: _, channel: __, aim: ___, seq: ____, expires, ...rest }) => ({
                ...rest,
                expiresAt: expires,
              })),
            ).toEqual(expected);
            const times = model.notes.map(({ at, expiresAt }) => Math.min(at + 60, expiresAt ?? at + 60));
            const isTooMuch = model.notes.length > 8;
            const due = isTooMuch ? opened.now : Math.max(opened.now, Math.min(...times));
            // It may be early, but never late.
            expect(opened.inbox.due() ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(due);
          }

          function take(one: Step): void {
            switch (one.do) {
              case "add": {
                offset += 1 + (offset % 2);
                const [id, at] = [`n${offset % 13}`, opened.now - one.age];
                const expiresAt = one.life === undefined ? undefined : opened.now + one.life;
                const more = {
                  ...(one.key !== undefined && { collapseKey: one.key }),
                  ...(expiresAt !== undefined && { expiresAt }),
                };
                const { replaces } = opened.inbox.add(arrival(offset, { id, at, ...more }));
                const note = { offset, id, at, type: "news", collapseKey: one.key, expiresAt };
                expect(replaces).toBe(model.arrive(note));
                return;
              }
              case "mark": {
                const selection = { ids: one.ids.map((n) => `n${n}`) };
                const change = opened.inbox.mark(one.as, selection);
                expect(change !== undefined).toBe(model.mark(one.as, selection, opened.now));
                return;
              }
              case "markAll": {
                const upTo = one.back === undefined ? undefined : Math.max(0, offset - one.back);
                const change = opened.inbox.mark(one.as, { all: true, upTo });
                expect(change !== undefined).toBe(model.mark(one.as, { all: true, upTo }, opened.now));
                return;
              }
              case "prune": {
                const change = opened.inbox.prune();
                const gone = change && "ids" in change.which ? change.which.ids : [];
                expect(gone).toEqual(model.prune(opened.now, limits));
                return;
              }
              case "sleep":
                opened.sleep();
                return;
              case "wait":
                opened.now += one.ms;
            }
          }
        }),
        { numRuns: 300 },
      );
    }));
});
