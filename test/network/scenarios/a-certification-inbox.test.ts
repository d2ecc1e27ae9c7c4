import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InboxOwner } from "../../support/inbox.ts";
import { Screen, startOf } from "../../support/screen.ts";
import { Cast } from "./cast.ts";

let cast: Cast;

beforeAll(async () => {
  cast = await Cast.start();
});
afterAll(() => cast?.stop());

/** A farmer whom no other test knows. */
function farmer(locale = "th"): { farmerId: string; owner: InboxOwner } {
  const farmerId = cast.fresh("farmer");
  const claims = { userId: farmerId, role: "FARMER", locale };
  return { farmerId, owner: new InboxOwner(cast.service, cast.backend, claims) };
}

const application = { applicationId: "app-1", applicationNumber: "GACP-2569-0001" };
const submitted = {
  farmerName: "สมหญิง",
  farmName: "ไร่สุขใจ",
  standardName: "GACP",
  submittedDate: "2026-01-31",
};
const certificate = {
  certificateId: "c-1",
  certificateNumber: "CERT-9",
  farmName: "ไร่สุขใจ",
  score: 92.5,
  issuedDate: "2026-01-31",
  expiryDate: "2029-01-31",
  pdfUrl: "https://files.example/c-1.pdf",
};

/** The four domain events that bring a farmer a notification of their own, and one that brings none. */
async function certify(farmerId: string): Promise<void> {
  const own = { ...application, farmerId };
  const { applicationNumber } = application;
  await cast.happen("application:created", { ...own, ...submitted, status: "submitted" });
  await cast.happen("application:updated", { ...own, status: "in_review", updatedFields: ["status"] });
  await cast.happen("payment:created", { farmerId, paymentId: "p-1", applicationNumber, amount: 5000 });
  const paid = { farmerId, paymentId: "p-1", applicationNumber, amount: 1234567.5 };
  await cast.happen("payment:confirmed", { ...paid, farmerName: "สมหญิง", receiptNumber: "R-77" });
  await cast.happen("certificate:issued", { ...certificate, farmerId });
}

const certified = {
  th: [
    ["certificate", "🎉 ออกใบรับรองแล้ว!", "ยินดีด้วย! คุณได้รับใบรับรอง CERT-9"],
    ["payment", "✅ การชำระเงินสำเร็จ", "ได้รับชำระเงินจำนวน 1,234,567.5 บาทแล้ว"],
    ["application", "คำขอมีการอัพเดท", "คำขอ GACP-2569-0001 มีการเปลี่ยนแปลงสถานะ"],
    ["application", "คำขอถูกสร้างแล้ว", "คำขอ GACP-2569-0001 ถูกสร้างเรียบร้อยแล้ว"],
  ],
  en: [
    ["certificate", "🎉 Certificate issued!", "Congratulations! You have received certificate CERT-9"],
    ["payment", "✅ Payment received", "Your payment of 1,234,567.5 baht has been received"],
    ["application", "Application updated", "The status of application GACP-2569-0001 has changed"],
    ["application", "Application created", "Application GACP-2569-0001 has been created"],
  ],
} as const;

const enter = async (owner: InboxOwner, client: string) =>
  Screen.open(cast.service, owner, { client, start: startOf(await owner.page()) });

describe("the panel", () => {
  test.each(["th", "en"] as const)("A: lists what the domain events brought, in %s", async (locale) => {
    const { farmerId, owner } = farmer(locale);
    await certify(farmerId);
    const { notifications, counts } = await owner.page();
    const said = notifications.map(({ type, title, message }) => [type, title, message]);
    expect(said).toEqual(certified[locale]);
    expect(counts).toEqual({ total: 4, unread: 4, unseen: 4 });
    expect(notifications[0]?.data).toEqual({ ...certificate, celebration: true });
    const payments = await owner.page("type=payment");
    expect(payments.notifications.map(({ data }) => data)).toMatchObject([{ receiptNumber: "R-77" }]);
  });

  test("A: mark read, mark all, delete and clear on one device move the badge on the others", async () => {
    const { farmerId, owner } = farmer();
    const [phone, tablet] = [await enter(owner, "phone"), await enter(owner, "tablet")];
    await certify(farmerId);
    await tablet.shows({ total: 4, unread: 4 }, "what has come");
    await phone.shows({ total: 4 }, "what has come");
    const ids = phone.view.notifications.map(({ id }) => id);
    await phone.ask({ type: "mark", as: "read", ids: ids.slice(0, 1) });
    await tablet.shows({ total: 4, unread: 3 }, "the one that was read");
    await phone.ask({ type: "mark", as: "read", all: true });
    await tablet.shows({ total: 4, unread: 0 }, "that all were read");
    await phone.ask({ type: "mark", as: "deleted", ids: ids.slice(1, 2) });
    await tablet.shows({ total: 3 }, "the deletion");
    expect(tablet.view.notifications.map(({ id }) => id)).toEqual(ids.filter((id) => id !== ids[1]));
    await tablet.ask({ type: "mark", as: "deleted", all: true });
    await phone.shows({ total: 0 }, "that the panel was cleared");
    expect(phone.view.all).toEqual([]);
    expect((await owner.page()).notifications).toEqual([]);
    for (const device of [phone, tablet]) device.drop();
  });

  test("A: opening the bell sees all, and reads none", async () => {
    const { farmerId, owner } = farmer();
    await certify(farmerId);
    const phone = await enter(owner, "phone");
    await phone.ask({ type: "mark", as: "seen", all: true, upTo: phone.start.position.offset });
    await phone.shows({ total: 4, unread: 4, unseen: 0 }, "that all were seen");
    phone.drop();
  });

  test("A: the badge counts on beyond nine", async () => {
    const { farmerId, owner } = farmer();
    const phone = await enter(owner, "phone");
    for (let at = 0; at < 3; at += 1) await certify(farmerId);
    await phone.shows({ unread: 12 }, "twelve of them");
    expect((await owner.counts()).counts.unread).toBe(12);
    phone.drop();
  });
});

// Last, because everybody who comes after it has it too.
test("A: an announcement lies in everybody's inbox with its own words and priority, also of who comes later", async () => {
  const known = farmer();
  const phone = await enter(known.owner, "phone");
  const data = {
    title: "ปิดปรับปรุงระบบ",
    message: "คืนนี้ 22:00 น.",
    type: "warning",
    priority: "high",
    actionUrl: "/maintenance",
  };
  await cast.happen("system:announcement", data);
  await phone.shows({ unread: 1 }, "the announcement");
  phone.drop();
  const { title, message, priority, actionUrl } = data;
  for (const { owner } of [known, farmer("en")]) {
    expect((await owner.page()).notifications).toMatchObject([
      { type: "announcement", title, message, priority, actionUrl, data },
    ]);
  }
});
