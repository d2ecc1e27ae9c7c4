import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Backend } from "../support/backend.ts";
import { InboxOwner } from "../support/inbox.ts";
import { countsOf } from "../support/inbox-view.ts";
import { Screen, type Start, startOf } from "../support/screen.ts";
import { type Service, startService } from "../support/service.ts";

let service: Service;
let backend: Backend;
let names = 0;
const screens: Screen[] = [];

beforeAll(async () => {
  service = await startService();
  backend = new Backend(service);
});
afterAll(() => service?.stop());
afterEach(() => {
  for (const screen of screens.splice(0)) screen.drop();
});

function someone(more: object = {}): { user: string; owner: InboxOwner } {
  names += 1;
  const user = `user-${names}`;
  return { user, owner: new InboxOwner(service, backend, { sub: user, ...more }) };
}

/** Lets a device of somebody in, with all that is in the inbox unless it was here before. */
async function enter(owner: InboxOwner, client: string, start?: Start): Promise<Screen> {
  const begun = start ?? startOf(await owner.page("limit=200"));
  const screen = await Screen.open(service, owner, { client, start: begun });
  screens.push(screen);
  return screen;
}

const plain = { type: "news", title: "A title", message: "A message" };

/** Publishes notifications with these ids, in one go. */
async function notify(user: string, ids: readonly string[], more: object = {}): Promise<void> {
  const to = { users: [user] };
  const notification = { ...plain, ...more };
  await backend.publish(ids.map((id) => ({ id, event: "news", to, notification })));
}

/** All devices have made out of the log what the inbox says now, and their badges are what they list. */
async function expectInStep(owner: InboxOwner, devices: readonly Screen[]): Promise<void> {
  const { notifications, counts, position } = await owner.page("limit=200");
  for (const device of devices) {
    await device.reaches(position);
    expect(device.view.notifications).toEqual(notifications);
    expect([device.counts, countsOf(device.view.all)]).toEqual([counts, counts]);
  }
}

describe("several devices of one user", () => {
  test("are told of a mark that one of them makes, by a frame or over HTTP, as it is made (I2, I3, I6)", async () => {
    const { user, owner } = someone();
    const phone = await enter(owner, "phone");
    const others = [await enter(owner, "laptop"), await enter(owner, "tablet")];
    await notify(user, ["one", "two", "three"]);
    for (const device of [phone, ...others])
      await device.shows({ total: 3, unread: 3, unseen: 3 }, "the arrivals");
    await expectInStep(owner, [phone, ...others]);

    await phone.ask({ type: "mark", as: "read", ids: ["one"] });
    for (const device of others) await device.shows({ total: 3, unread: 2, unseen: 2 }, "the phone's mark");
    await owner.mark({ as: "archived", ids: ["two"] });
    for (const device of others) await device.shows({ total: 2, unread: 1, unseen: 1 }, "the archiving");
    await expectInStep(owner, [phone, ...others]);
    await phone.ask({ type: "mark", as: "unread", all: true });
    for (const device of others)
      await device.shows({ total: 2, unread: 2, unseen: 1 }, "that all are unread");
    await owner.mark({ as: "unarchived", all: true });
    for (const device of others) await device.shows({ total: 3, unread: 3, unseen: 2 }, "what comes back");
    await owner.delete("one");
    for (const device of others) await device.shows({ total: 2, unread: 2, unseen: 2 }, "the deletion");
    await expectInStep(owner, [phone, ...others]);
    await owner.clear();
    for (const device of others) await device.shows({ total: 0, unread: 0, unseen: 0 }, "that all are gone");
    await expectInStep(owner, [phone, ...others]);

    const [first, ...rest] = [phone, ...others].map(({ told }) => told);
    for (const told of rest) expect(told).toEqual(first);
  });

  test("are told, beside the entry, which was read when, and the count of the badge (I6)", async () => {
    const { user, owner } = someone();
    await notify(user, ["one", "two", "three"]);
    const screen = await enter(owner, "phone");
    await owner.mark({ as: "read", ids: ["one", "two"] });
    const { readAt } = await owner.read("one");
    await owner.mark({ as: "unread", ids: ["one"] });
    await owner.mark({ as: "read", all: true });
    await owner.delete("two");
    await screen.shows({ total: 2 }, "the last change");
    const { position } = await owner.counts();
    await screen.reaches(position);
    await screen.socket.until(() => screen.told.length >= 10, "what is told beside the entries");
    const channel = `user:${user}`;
    const passing = (event: string, data: object) => {
      return { type: "event", channel, event, data, id: expect.any(String), at: expect.any(Number) };
    };
    const entry = (event: string, data: object) => ({ ...passing(event, data), offset: expect.any(Number) });
    const unread = { total: 3, unread: 2, unseen: 1 };
    expect(screen.told).toEqual([
      entry("notification:updated", {
        ids: ["one", "two"],
        as: "read",
        at: readAt,
        counts: { total: 3, unread: 1, unseen: 1 },
      }),
      passing("notification:read", { id: "one", readAt }),
      passing("notification:read", { id: "two", readAt }),
      passing("unread:count", { count: 1 }),
      entry("notification:updated", { ids: ["one"], as: "unread", at: expect.any(Number), counts: unread }),
      passing("unread:count", { count: 2 }),
      entry("notification:updated", {
        all: true,
        upTo: 6,
        as: "read",
        at: expect.any(Number),
        counts: { total: 3, unread: 0, unseen: 0 },
      }),
      passing("unread:count", { count: 0 }),
      entry("notification:deleted", { ids: ["two"], counts: { total: 2, unread: 0, unseen: 0 } }),
      passing("unread:count", { count: 0 }),
    ]);
  });

  test("hear one entry of a change of hundreds (I4)", async () => {
    const { user, owner } = someone();
    const ids = Array.from({ length: 100 }, (_, index) => `n-${index}`);
    await notify(user, ids);
    await notify(
      user,
      ids.map((id) => `other-${id}`),
    );
    const screen = await enter(owner, "phone");
    const marked = await owner.mark({ as: "read", ids });
    const cleared = await owner.mark({ as: "archived", all: true });
    const deleted = await owner.mark({ as: "deleted", all: true });
    expect([marked, cleared, deleted].map(({ position }) => position.offset)).toEqual([401, 402, 403]);
    await screen.reaches(deleted.position);
    const entries = screen.told.filter(({ offset }) => offset !== undefined);
    expect(entries.map(({ event, data }) => [event, data])).toMatchObject([
      ["notification:updated", { ids, as: "read", counts: { total: 200, unread: 100, unseen: 100 } }],
      ["notification:updated", { all: true, upTo: 400, as: "archived", counts: { total: 0 } }],
      ["notification:deleted", { all: true, upTo: 400, counts: { total: 0, unread: 0, unseen: 0 } }],
    ]);
    expect(screen.view.all).toEqual([]);
  });

  test("are in step again when one was away, whatever happened meanwhile (I1, I2, I7)", async () => {
    const { user, owner } = someone();
    await notify(user, ["one", "two", "three", "four"]);
    const [phone, laptop] = [await enter(owner, "phone"), await enter(owner, "laptop")];
    await phone.ask({ type: "mark", as: "read", ids: ["one"] });
    await laptop.shows({ unread: 3 }, "the mark before");
    const away = phone.drop();
    await laptop.ask({ type: "mark", as: "read", all: true });
    await notify(user, ["five"]);
    await laptop.ask({ type: "mark", as: "deleted", ids: ["two"] });
    await laptop.ask({ type: "mark", as: "unread", ids: ["three"] });
    await owner.mark({ as: "archived", ids: ["four"] });
    await owner.mark({ as: "seen", all: true });
    const back = await enter(owner, "phone", away);
    const { counts } = back.socket.welcome;
    expect(counts).toEqual({ total: 3, unread: 2, unseen: 0 });
    await expectInStep(owner, [back, laptop]);
    expect(back.counts).toEqual(counts);
  });

  test("come to the same when all of them mark at once", async () => {
    const { user, owner } = someone();
    const ids = Array.from({ length: 20 }, (_, index) => `n-${index}`);
    await notify(user, ids);
    const devices = [await enter(owner, "a"), await enter(owner, "b"), await enter(owner, "c")];
    const as = ["read", "unread", "seen", "unseen", "archived", "unarchived", "deleted"];
    await Promise.all(
      devices.flatMap((device, at) => [
        ...ids.map((id, index) => device.ask({ type: "mark", as: as[(index + at) % 6], ids: [id] })),
        device.ask({ type: "mark", as: as[at], all: true, upTo: 10 + at * 10 }),
        device.ask({ type: "mark", as: "deleted", ids: [`n-${at}`] }),
        notify(user, [`late-${at}`]),
      ]),
    );
    await expectInStep(owner, devices);
  });
});

const texts = {
  title: { en: "Paid", th: "ชำระแล้ว", vi: "Đã thanh toán" },
  message: { en: "Thank you", th: "ขอบคุณ", vi: "Cảm ơn" },
  actionText: { en: "Open", th: "เปิด", vi: "Mở" },
};

describe("the language", () => {
  test.each([
    ["en", "Paid", "Thank you", "Open"],
    ["th", "ชำระแล้ว", "ขอบคุณ", "เปิด"],
    ["th-TH", "ชำระแล้ว", "ขอบคุณ", "เปิด"],
    ["vi", "Đã thanh toán", "Cảm ơn", "Mở"],
    ["VI-vn", "Đã thanh toán", "Cảm ơn", "Mở"],
    ["fr", "Paid", "Thank you", "Open"],
    [undefined, "Paid", "Thank you", "Open"],
  ])("%s of the token is that of the entry, the list and the notification itself (I1)", async (...row) => {
    const [locale, title, message, actionText] = row;
    const { user, owner } = someone(locale === undefined ? {} : { locale });
    const screen = await enter(owner, "phone");
    await notify(user, ["one"], { ...texts, actionUrl: "/" });
    await screen.shows({ total: 1 }, "the notification");
    const said = { title, message, actionText };
    expect(screen.view.notifications).toMatchObject([said]);
    expect((await owner.page()).notifications).toMatchObject([said]);
    expect(await owner.read("one")).toMatchObject(said);
  });

  test("of the last token counts, and is remembered for what comes while nobody is here (I1)", async () => {
    const { user, owner } = someone({ locale: "en" });
    const phone = await enter(owner, "phone");
    await notify(user, ["one"], texts);
    const thai = new InboxOwner(service, backend, { sub: user, locale: "th" });
    expect(await phone.ask({ type: "auth", token: await thai.token() })).toMatchObject({ type: "ok" });
    await notify(user, ["two"], texts);
    await phone.shows({ total: 2 }, "both");
    const away = phone.drop();
    await expect
      .poll(
        async () =>
          (await backend.publish({ event: "x", to: { users: [user] }, store: false }))[0]?.connections,
        {
          message: "awaited that nobody is there",
          timeout: 10_000,
        },
      )
      .toBe(0);
    await notify(user, ["three"], texts);
    const back = await enter(thai, "phone", away);
    await back.shows({ total: 3 }, "what came meanwhile");
    expect(back.view.notifications.map(({ title }) => title)).toEqual(["ชำระแล้ว", "ชำระแล้ว", "Paid"]);
    // A list is in the language of who asks for it.
    expect((await owner.page()).notifications.map(({ title }) => title)).toEqual(["Paid", "Paid", "Paid"]);
  });

  test("of who only polls is that of the token by which they poll (I1)", async () => {
    const { user, owner } = someone({ locale: "vi" });
    expect((await owner.page()).notifications).toEqual([]);
    await notify(user, ["one"], texts);
    const { events } = JSON.parse((await owner.ask("/events?since=0.0")).text);
    expect(events).toMatchObject([{ event: "news" }, { data: { title: "Đã thanh toán" } }]);
  });
});

/** `HH:MM`, so many minutes from now, as the clocks of a time zone show it. */
function clockIn(timeZone: string, minutes: number): string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return format.format(Date.now() + minutes * 60_000);
}

describe("preferences", () => {
  test("let a type come silently: the badge moves, and the entry says that nothing shall pop up (I9)", async () => {
    const { user, owner } = someone();
    await owner.prefer({ types: { offer: { announce: false } } });
    const screen = await enter(owner, "phone");
    await notify(user, ["loud"]);
    await notify(user, ["quiet"], { type: "offer", priority: "high" });
    await notify(user, ["critical"], { type: "offer", priority: "critical" });
    await screen.shows({ total: 3, unread: 3 }, "all three");
    const silences = screen.view.notifications.map(({ id, silent }) => [id, silent]);
    expect(silences).toEqual([
      ["critical", undefined],
      ["quiet", true],
      ["loud", undefined],
    ]);
    expect((await owner.page()).notifications.map(({ id, silent }) => [id, silent])).toEqual(silences);
    // What was decided when it came stays, whatever is preferred later.
    await owner.prefer({});
    expect(await owner.read("quiet")).toMatchObject({ silent: true });
    await notify(user, ["later"], { type: "offer" });
    expect(await owner.read("later")).not.toHaveProperty("silent");
  });

  test.each(["Asia/Bangkok", "America/New_York", "UTC"])(
    "let everything come silently within the quiet hours of %s but what is critical (I9)",
    async (timeZone) => {
      const { user, owner } = someone();
      const silenceOf = async (id: string, more: object = {}) => {
        await notify(user, [id], more);
        return (await owner.read(id)).silent ?? false;
      };
      const quiet = { from: clockIn(timeZone, -60), to: clockIn(timeZone, 60), timeZone };
      await owner.prefer({ quietHours: quiet });
      expect(await silenceOf("within")).toBe(true);
      expect(await silenceOf("critical", { priority: "critical" })).toBe(false);
      // Twenty-three hours, which run over midnight.
      await owner.prefer({ quietHours: { ...quiet, to: clockIn(timeZone, -120) } });
      expect(await silenceOf("overnight")).toBe(true);
      await owner.prefer({ quietHours: { ...quiet, from: quiet.to, to: quiet.from } });
      expect(await silenceOf("outside")).toBe(false);
      await owner.prefer({ quietHours: { ...quiet, to: quiet.from } });
      expect(await silenceOf("no-hours-at-all")).toBe(false);
    },
  );

  test("keep a type out of the inbox, and its event comes all the same", async () => {
    const { user, owner } = someone();
    await owner.prefer({ types: { offer: { inbox: false } } });
    const screen = await enter(owner, "phone");
    await notify(user, ["unwanted"], { type: "offer", priority: "critical" });
    await notify(user, ["wanted"]);
    await screen.shows({ total: 1 }, "the wanted one");
    const events = screen.socket.all("event").map(({ event, id }) => `${event} ${id}`);
    expect(events.filter((event) => !event.startsWith("unread"))).toEqual([
      "news unwanted",
      "news wanted",
      "notification:new wanted",
    ]);
    await owner.prefer({});
    await notify(user, ["unwanted"], { type: "offer", priority: "critical" });
    expect((await owner.page()).notifications.map(({ id }) => id)).toEqual(["wanted"]);
  });
});

describe("a notification with a collapse key", () => {
  test("takes the place of an unread one of the same key on every device, and of no other (I5)", async () => {
    const { user, owner } = someone();
    const devices = [await enter(owner, "phone"), await enter(owner, "laptop")];
    await notify(user, ["v1"], { collapseKey: "order-7", title: "Packed" });
    await notify(user, ["other"], { collapseKey: "order-8" });
    await owner.mark({ as: "seen", all: true });
    await notify(user, ["v2"], { collapseKey: "order-7", title: "Shipped" });
    for (const device of devices) await device.shows({ total: 2, unread: 2, unseen: 1 }, "the update");
    expect(devices[0]?.view.notifications.map(({ id, title }) => `${id} ${title}`)).toEqual([
      "v2 Shipped",
      "other A title",
    ]);
    const lastEntry = () => devices[0]?.told.findLast(({ offset }) => offset !== undefined)?.data;
    expect(lastEntry()).toMatchObject({ id: "v2", replaces: "v1", seenAt: null });
    await owner.mark({ as: "read", ids: ["v2"] });
    await notify(user, ["v3"], { collapseKey: "order-7", title: "Delivered" });
    for (const device of devices) await device.shows({ total: 3, unread: 2 }, "one beside what was read");
    expect(lastEntry()).toMatchObject({ id: "v3" });
    expect(lastEntry()).not.toHaveProperty("replaces");
    await expectInStep(owner, devices);
  });
});

describe("a notification that expires", () => {
  test("goes by itself, from every device and from the counts (I5)", async () => {
    const { user, owner } = someone();
    const devices = [await enter(owner, "phone"), await enter(owner, "laptop")];
    const expiresAt = Date.now() + 1500;
    await notify(user, ["passing"], { expiresAt });
    await notify(user, ["staying"]);
    for (const device of devices) await device.shows({ total: 2 }, "both");
    for (const device of devices) await device.shows({ total: 1, unread: 1, unseen: 1 }, "that one has gone");
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    const last = devices[0]?.told.findLast(({ offset }) => offset !== undefined);
    expect(last).toMatchObject({ event: "notification:deleted", data: { ids: ["passing"] } });
    await expectInStep(owner, devices);
  });

  test("is not there for who comes after it, counted least of all", async () => {
    const { user, owner } = someone();
    const expiresAt = Date.now() + 1000;
    await notify(user, ["passing"], { expiresAt });
    await notify(user, ["staying"]);
    await expect
      .poll(async () => (await owner.page()).notifications.map(({ id }) => id), {
        message: "awaited that it has gone",
        timeout: 10_000,
      })
      .toEqual(["staying"]);
    const counts = { total: 1, unread: 1, unseen: 1 };
    expect(await owner.page()).toMatchObject({ counts });
    expect((await enter(owner, "phone")).socket.welcome.counts).toEqual(counts);
  });
});
