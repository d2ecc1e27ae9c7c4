import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InboxOwner, type Item } from "../../support/inbox.ts";
import { countsOf } from "../../support/inbox-view.ts";
import { Screen, startOf } from "../../support/screen.ts";
import { Cast } from "./cast.ts";

let cast: Cast;

beforeAll(async () => {
  cast = await Cast.start({ TIME_ZONE: "Asia/Ho_Chi_Minh" });
});
afterAll(() => cast?.stop());

/** A student whom no other test knows. */
function student(locale = "vi"): { user: string; owner: InboxOwner } {
  const user = cast.fresh("student");
  return { user, owner: new InboxOwner(cast.service, cast.backend, { sub: user, roles: [user], locale }) };
}

const result = { type: "result", title: { en: "Result", vi: "Kết quả" }, message: "9/10" };

/** Publishes a notification to a student, as the exam bank does. */
async function publish(user: string, id: string, more: object = {}): Promise<void> {
  const to = { channels: [`notifications:user:${user}`] };
  await cast.publish({
    id,
    event: "exam:graded",
    data: { examId: id },
    to,
    notification: { ...result, ...more },
  });
}

const idsIn = (items: readonly Item[]) => items.map(({ id }) => id);

describe("a notification", () => {
  test("C: has id, type, title, message, data and time, in the log of its user alone", async () => {
    const { user, owner } = student();
    const before = Date.now();
    await publish(user, "result-1");
    const { notifications } = await owner.page();
    expect(notifications).toMatchObject([
      { id: "result-1", type: "result", title: "Kết quả", message: "9/10", data: { examId: "result-1" } },
    ]);
    const [{ createdAt = 0 } = {}] = notifications;
    expect(createdAt).toBeGreaterThanOrEqual(before);
    expect(createdAt).toBeLessThanOrEqual(Date.now());
    expect((await student().owner.page()).notifications).toEqual([]);
  });

  test("C: of a batch to many users lies in the inbox of each, whether they are there or not", async () => {
    const students = Array.from({ length: 12 }, () => student("en"));
    const [first] = students;
    if (!first) throw new Error("There is nobody.");
    const screen = await Screen.open(cast.service, first.owner, { start: startOf(await first.owner.page()) });
    const to = { users: students.map(({ user }) => user) };
    await cast.publish({ id: "day", event: "exam:day", to, notification: result });
    await screen.shows({ unread: 1 }, "the notification");
    screen.drop();
    for (const { owner } of students) {
      expect(await owner.page()).toMatchObject({
        notifications: [{ id: "day", title: "Result" }],
        counts: { total: 1, unread: 1, unseen: 1 },
      });
    }
  });

  test("C: of a role is found by who was away", async () => {
    const { user, owner } = student();
    const id = (await cast.happen("exam:published", { role: user, examId: "e2", examTitle: "Hóa học" }))(
      `notifications:role:${user}`,
    );
    expect((await owner.page()).notifications).toMatchObject([
      { id, title: "Đề thi đã được công bố", message: "Đã có đề thi Hóa học" },
    ]);
  });
});

describe("a client that comes back", () => {
  test("C: merges what it has, what it fetches and what is replayed without duplicates", async () => {
    const { user, owner } = student();
    await publish(user, "one");
    const screen = await Screen.open(cast.service, owner, {
      client: "tab",
      start: startOf(await owner.page()),
    });
    await publish(user, "two");
    await screen.shows({ total: 2 }, "both");
    const away = screen.drop();
    for (const id of ["three", "two", "four", "three"]) await publish(user, id);
    await owner.mark({ as: "read", ids: ["two", "three"] });
    // It has fetched the list anew, and resumes from where it was before all the same: the replay repeats what it has.
    const fetched = startOf(await owner.page());
    const back = await Screen.open(cast.service, owner, {
      client: "tab",
      start: { position: away.position, view: fetched.view },
    });
    await publish(user, "five");
    await back.shows({ total: 5 }, "the next one");
    const { notifications, counts } = await owner.page();
    expect(idsIn(notifications)).toEqual(["five", "four", "three", "two", "one"]);
    expect(back.view.notifications).toEqual(notifications);
    expect([back.counts, countsOf(back.view.all)]).toEqual([counts, counts]);
    back.drop();
  });

  test("C: finds nothing lost and nothing twice after twenty drops at any moment", async () => {
    const { user, owner } = student();
    let start = startOf(await owner.page());
    const published: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const screen = await Screen.open(cast.service, owner, { client: "tab", start });
      const id = `n-${round}`;
      published.push(id);
      const [, last] = published.slice(-2);
      await Promise.all([
        publish(user, id),
        // One in three is marked while it is on its way.
        ...(round % 3 === 0 && last ? [screen.ask({ type: "mark", as: "read", ids: [last] })] : []),
      ]);
      start = screen.drop();
    }
    const whole = await owner.page("limit=200");
    const screen = await Screen.open(cast.service, owner, { client: "tab", start });
    await screen.reaches(whole.position);
    expect(idsIn(whole.notifications)).toEqual(published.toReversed());
    expect(screen.view.notifications).toEqual(whole.notifications);
    expect(screen.counts).toEqual(whole.counts);
    screen.drop();
  });
});

describe("what they wanted later", () => {
  test("C: mark_read by a frame, and preferences by type", async () => {
    const { user, owner } = student();
    await owner.prefer({ types: { promotion: { inbox: false }, result: { announce: false } } });
    await publish(user, "quiet");
    await publish(user, "unwanted", { type: "promotion" });
    const screen = await Screen.open(cast.service, owner, { start: startOf(await owner.page()) });
    expect(screen.view.notifications).toMatchObject([{ id: "quiet", silent: true }]);
    const answer = await screen.ask({ type: "mark", as: "read", ids: ["quiet"] });
    expect(answer).toMatchObject({ type: "ok", counts: { total: 1, unread: 0, unseen: 0 } });
    screen.drop();
  });
});

test("C: a notification of the system is found by everyone: there, away, or here for the first time", async () => {
  const [here, away, late] = [student(), student(), student()];
  const screen = await Screen.open(cast.service, here.owner, { start: startOf(await here.owner.page()) });
  await away.owner.page();
  const notification = { type: "system", title: { en: "Maintenance", vi: "Bảo trì" }, message: "22:00" };
  const to = { channels: ["notifications:system"] };
  await cast.publish({ id: "maintenance", event: "system:maintenance", to, notification });
  await screen.shows({ unread: 1 }, "the notification");
  expect(screen.view.notifications).toMatchObject([{ id: "maintenance", title: "Bảo trì" }]);
  screen.drop();
  for (const { owner } of [here, away, late]) {
    expect((await owner.page()).notifications).toMatchObject([{ id: "maintenance", title: "Bảo trì" }]);
  }
});
