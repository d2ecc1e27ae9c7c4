import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InboxOwner } from "../../support/inbox.ts";
import { Screen, startOf } from "../../support/screen.ts";
import { Cast } from "./cast.ts";

let cast: Cast;

beforeAll(async () => {
  cast = await Cast.start();
});
afterAll(() => cast?.stop());

/** Somebody whom no other test knows. */
function someone(locale: string): { user: string; owner: InboxOwner } {
  const user = cast.fresh("person");
  return { user, owner: new InboxOwner(cast.service, cast.backend, { sub: user, locale }) };
}

const enter = async (owner: InboxOwner, client: string) =>
  Screen.open(cast.service, owner, { client, start: startOf(await owner.page()) });

const application = { applicationId: "app-7", applicationNumber: "LIC-2026-007" };

/** The backend changes the status of somebody's application. @returns the id of the notification. */
async function changeStatus(applicantId: string, status: string): Promise<string> {
  const data = { ...application, applicantId, status, previousStatus: "in review" };
  return (await cast.happen("application:status-changed", data))(`user:${applicantId}`);
}

describe("a status change", () => {
  test("E: stores a notification of the application, unread, and pushes it to the applicant on every device", async () => {
    const { user, owner } = someone("en");
    const before = Date.now();
    const devices = [await enter(owner, "phone"), await enter(owner, "laptop")];
    const id = await changeStatus(user, "granted");
    for (const device of devices) await device.shows({ total: 1, unread: 1 }, "the notification");
    const { notifications } = await owner.page();
    expect(notifications).toEqual([
      {
        id,
        offset: 2,
        type: "application",
        title: "Application updated",
        message: "Application LIC-2026-007: granted",
        priority: "normal",
        createdAt: expect.any(Number),
        seenAt: null,
        readAt: null,
        archivedAt: null,
        data: { ...application, status: "granted", previousStatus: "in review" },
      },
    ]);
    expect(notifications[0]?.createdAt).toBeGreaterThanOrEqual(before);
    for (const device of devices) {
      expect(device.view.notifications).toEqual(notifications);
      device.drop();
    }
  });

  test("E: is read on one device, and so on every other", async () => {
    const { user, owner } = someone("th");
    const id = await changeStatus(user, "อนุมัติ");
    const [phone, laptop] = [await enter(owner, "phone"), await enter(owner, "laptop")];
    expect(phone.view.notifications).toMatchObject([
      { title: "คำขอมีการอัพเดท", message: "คำขอ LIC-2026-007: อนุมัติ", readAt: null },
    ]);
    await phone.ask({ type: "mark", as: "read", ids: [id] });
    await laptop.shows({ total: 1, unread: 0 }, "that it was read");
    expect(laptop.view.notifications).toMatchObject([{ id, readAt: expect.any(Number) }]);
    for (const device of [phone, laptop]) device.drop();
  });

  test("E: that follows another of the same application is a notification of its own", async () => {
    const { user, owner } = someone("en");
    const ids = [await changeStatus(user, "inspected"), await changeStatus(user, "granted")];
    expect((await owner.page()).notifications.map(({ id }) => id)).toEqual(ids.toReversed());
  });
});

describe("other news", () => {
  test("E: an assignment and a system alert lie in the inbox as well, in the reader's language", async () => {
    const { user, owner } = someone("th");
    const data = { ...application, assignedBy: "Head of office" };
    await cast.happen("application:assigned", { ...data, assigneeId: user });
    await cast.happen("system:alert", {
      title: "Uploads are paused",
      message: "The disk is full.",
      level: "critical",
    });
    const { notifications, counts } = await owner.page();
    expect(notifications).toMatchObject([
      { type: "alert", title: "Uploads are paused", priority: "high", readAt: null },
      { type: "assignment", title: "คุณได้รับมอบหมายคำขอ", data, readAt: null },
    ]);
    expect(counts).toEqual({ total: 2, unread: 2, unseen: 2 });
  });
});
