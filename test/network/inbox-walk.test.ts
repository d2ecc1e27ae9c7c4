import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatPosition } from "../../src/protocol/position.ts";
import { Backend } from "../support/backend.ts";
import { InboxOwner, type InboxPage, type Item } from "../support/inbox.ts";
import { countsOf, InboxView } from "../support/inbox-view.ts";
import { Screen, startOf } from "../support/screen.ts";
import { type Service, startService } from "../support/service.ts";

let service: Service;
let backend: Backend;
let names = 0;

beforeAll(async () => {
  service = await startService();
  backend = new Backend(service);
});
afterAll(() => service?.stop());

function someone(): { user: string; owner: InboxOwner } {
  names += 1;
  const user = `user-${names}`;
  return { user, owner: new InboxOwner(service, backend, { sub: user }) };
}

const notification = { type: "news", title: "A title", message: "A message" };

/** Publishes as many notifications, in one go. @returns their ids. */
async function notify(user: string, prefix: string, count: number, more: object = {}): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
  const to = { users: [user] };
  await backend.publish(
    ids.map((id) => ({ id, event: "news", to, notification: { ...notification, ...more } })),
  );
  return ids;
}

/** Publishers who go on until they are stopped. */
class Publishers {
  readonly published: string[] = [];
  readonly #running: Promise<unknown>;
  #isOver = false;

  constructor(user: string, count: number) {
    const run = async (name: string) => {
      for (let at = 1; !this.#isOver; at += 1) {
        this.published.push(...(await notify(user, `${name}-${at}`, 1 + (at % 3))));
      }
    };
    this.#running = Promise.all(Array.from({ length: count }, (_, index) => run(`publisher-${index + 1}`)));
  }

  /** Waits until so many more are in the inbox. */
  async go(count: number): Promise<void> {
    const goal = this.published.length + count;
    await expect
      .poll(() => this.published.length, {
        message: "awaited more notifications",
        interval: 5,
        timeout: 20_000,
      })
      .toBeGreaterThanOrEqual(goal);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }
}

const itemsIn = (pages: readonly InboxPage[]): Item[] => pages.flatMap(({ notifications }) => notifications);
const idsIn = (items: readonly Item[]) => items.map(({ id }) => id);

/** Nothing comes twice, and what is older comes later. */
function expectInOrder(items: readonly Item[]): void {
  const offsets = items.map(({ offset }) => offset);
  expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => b - a));
  expect(new Set(idsIn(items)).size).toBe(items.length);
}

describe("a walk through the inbox while notifications come", () => {
  test("misses none that was there when it began, and none comes twice (I8)", async () => {
    const { user, owner } = someone();
    const before = await notify(user, "before", 60);
    const publishers = new Publishers(user, 2);
    await publishers.go(5);
    const pages = await owner.walk("limit=7", () => publishers.go(3));
    await publishers.stop();
    expect(pages.length).toBeGreaterThan(9);
    const items = itemsIn(pages);
    expectInOrder(items);
    const [first] = pages;
    const there = idsIn((await owner.walk("limit=200")).flatMap(({ notifications }) => notifications))
      .reverse()
      .slice(0, first?.counts.total);
    expect(idsIn(items).reverse()).toEqual(there);
    expect(there.slice(0, 60)).toEqual(before);
    expect(there.length).toBeGreaterThanOrEqual(65);
    // Each page tells the counts and the position of its own moment: two entries for each notification.
    for (const { counts, position } of pages) expect(position.offset).toBe(2 * counts.total);
    expect(pages.at(-1)?.counts.total).toBeGreaterThan(there.length);
  });

  test("misses nothing either when it then follows from the position of its first page (I8)", async () => {
    const { user, owner } = someone();
    await notify(user, "before", 30);
    const publishers = new Publishers(user, 2);
    await publishers.go(3);
    const pages = await owner.walk("limit=5", () => publishers.go(2));
    const [first] = pages;
    if (!first) throw new Error("There is no first page.");
    const start = startOf({ ...first, notifications: itemsIn(pages) });
    const screen = await Screen.open(service, owner, { start });
    await publishers.go(10);
    await publishers.stop();
    const whole = await owner.walk("limit=200");
    await screen.reaches(whole[0]?.position ?? first.position);
    expect(screen.view.notifications).toEqual(itemsIn(whole));
    expect(screen.counts).toEqual(whole[0]?.counts);
    expect(idsIn(itemsIn(whole)).toSorted()).toEqual(
      [...Array.from({ length: 30 }, (_, at) => `before-${at + 1}`), ...publishers.published].toSorted(),
    );
  });

  test("and a client that polls from there comes to the same", async () => {
    const { user, owner } = someone();
    await notify(user, "before", 10);
    const publishers = new Publishers(user, 1);
    const page = await owner.page("limit=200");
    const view = new InboxView(page);
    await publishers.go(10);
    await publishers.stop();
    const whole = await owner.page("limit=200");
    const { events, more } = JSON.parse(
      (await owner.ask(`/events?since=${formatPosition(page.position)}`)).text,
    );
    expect(more).toBe(false);
    for (const event of events) view.take(event);
    expect([view.notifications, view.counts]).toEqual([whole.notifications, whole.counts]);
  });

  test("misses no unread one where each page is read as it is shown (I8)", async () => {
    const { user, owner } = someone();
    const before = await notify(user, "before", 25);
    const publishers = new Publishers(user, 1);
    const pages = await owner.walk("unread=true&limit=4", async (page) => {
      await owner.mark({ as: "read", ids: idsIn(page.notifications) });
      await publishers.go(1);
    });
    await publishers.stop();
    expectInOrder(itemsIn(pages));
    expect(idsIn(itemsIn(pages)).filter((id) => id.startsWith("before"))).toEqual(before.toReversed());
  });

  test("goes on over notifications that are deleted, replaced and archived meanwhile (I8)", async () => {
    const { user, owner } = someone();
    await notify(user, "kept", 5);
    await notify(user, "deleted", 5);
    await notify(user, "archived", 5);
    await notify(user, "key", 1, { collapseKey: "key" });
    await notify(user, "newest", 4);
    const first = await owner.page("limit=3");
    await owner.mark({ as: "deleted", ids: ["deleted-1", "deleted-2", "deleted-3", "newest-2", "newest-1"] });
    await owner.mark({ as: "archived", ids: ["archived-2", "archived-4"] });
    await notify(user, "again", 1, { collapseKey: "key" });
    const pages: InboxPage[] = [first];
    for (let { next } = first; next !== null; ) {
      const page = await owner.page(`limit=3&before=${next}`);
      pages.push(page);
      next = page.next;
    }
    expectInOrder(itemsIn(pages));
    expect(idsIn(itemsIn(pages))).toEqual([
      ...["newest-4", "newest-3", "newest-2"],
      ...["archived-5", "archived-3", "archived-1"],
      ...["deleted-5", "deleted-4"],
      ...["kept-5", "kept-4", "kept-3", "kept-2", "kept-1"],
    ]);
    const screen = await Screen.open(service, owner, {
      start: startOf({ ...first, notifications: itemsIn(pages) }),
    });
    const { notifications, counts, position } = await owner.page("limit=200");
    await screen.reaches(position);
    expect(idsIn(screen.view.notifications)).toEqual(idsIn(notifications));
    expect(idsIn(notifications)[0]).toBe("again-1");
    expect([screen.counts, countsOf(notifications)]).toEqual([counts, counts]);
  });
});
