import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { axeFindings } from "../../support/axe.ts";
import { launchChromium } from "../../support/chromium.ts";
import { LosableDevice, openWindow, post, startPortals } from "../../support/portals.ts";
import type { Service } from "../../support/service.ts";

let browser: Browser;
let service: Service;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startPortals()]);
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});
const closeWindows = () => Promise.all(browser.contexts().map((context) => context.close()));

/** ms from the answer to a publish until it is seen. */
const SOON = { timeout: 1000 };

const open = (person: string, path: string, language?: "en" | "th" | "vi") =>
  openWindow(browser, service, { person, path, ...(language && { language }) });

/** Awaits something on several windows at once. */
const onAll = (pages: readonly Page[], seen: (page: Page) => Locator, options = SOON) =>
  Promise.all(pages.map((page) => seen(page).first().waitFor(options)));

/** A card with a number, as it is to stand there. */
const figure = (label: string | RegExp, value: string) => (page: Page) =>
  page.locator(".stat", { hasText: label }).locator(".stat-value", { hasText: new RegExp(`^${value}$`) });

/** What axe finds in either appearance. */
async function findings(page: Page): Promise<string[]> {
  const found = [];
  for (const scheme of ["light", "dark"] as const) {
    const button = page.locator(".top-tools").getByRole("button", { name: /appearance|โหมด|Giao diện/ });
    found.push(...(await axeFindings(page)));
    if (scheme === "light") await button.click();
  }
  return found;
}

describe("the shop", () => {
  afterEach(closeWindows);

  const update = (number: string, status: string, title: string) => ({
    ...{ event: status === "placed" ? "order:placed" : "order:updated", to: { users: ["mint"] } },
    data: {
      ...{ orderId: number, orderNumber: number, status, total: 1230 },
      lines: [{ name: { en: "Stoneware mug", th: "แก้วเซรามิก" }, quantity: 2 }],
    },
    notification: { type: "order", title, message: number, actionUrl: "/#/orders" },
  });
  const inbox = (page: Page) => page.locator(".shop-inbox");
  const unread = (title: string) => (page: Page) =>
    inbox(page).locator(".carillon-item[data-unread]", { hasText: title });
  const step = (name: string) => (page: Page) =>
    page.locator(".order-steps [aria-current=step]", { hasText: name });

  test("moves an order and its notifications on both devices within a second, and after a reload", async () => {
    const devices = await Promise.all([open("Mint", "/orders"), open("Mint", "/orders")]);
    const [phone, desktop] = devices;
    await onAll(devices, (page) => page.getByText("You have not ordered anything yet."), { timeout: 5000 });

    await post(service, update("SO-1", "placed", "Order received"));
    await onAll(devices, step("Placed"));
    await onAll(devices, unread("Order received"));
    await post(service, update("SO-1", "paid", "Payment received"));
    await onAll(devices, step("Paid"));
    await onAll(devices, figure("Unread notifications", "2"));
    expect(await findings(desktop)).toEqual([]);

    const act = (page: Page, name: RegExp) => inbox(page).getByRole("button", { name }).click();
    await act(phone, /^Mark as read: Payment received/);
    await onAll(devices, figure("Unread notifications", "1"));
    await unread("Payment received")(desktop).waitFor({ state: "detached", ...SOON });
    await act(desktop, /^Archive: Order received/);
    await inbox(phone)
      .getByText("Order received")
      .waitFor({ state: "detached", ...SOON });
    await onAll(devices, figure("Unread notifications", "0"));
    await act(phone, /^Delete: Payment received/);
    await inbox(desktop)
      .getByText("Payment received")
      .waitFor({ state: "detached", ...SOON });

    await phone.reload();
    await onAll([phone], step("Paid"), { timeout: 5000 });
    await onAll([phone], figure("Orders under way", "1"), { timeout: 5000 });
    await inbox(phone).getByText("You’re all caught up").waitFor();
  });

  test("marks all as read on every device, brings older ones, and speaks Thai", async () => {
    const events = Array.from({ length: 55 }, (_, place) => ({
      ...update(`SO-9${place}`, "delivered", `คำสั่งซื้อ ${place}`),
      to: { users: ["nok"] },
    }));
    await post(service, events);
    const devices = await Promise.all([open("นก ศรีสุข", "/orders"), open("นก ศรีสุข", "/orders")]);
    const [phone, desktop] = devices;
    await onAll(devices, figure("การแจ้งเตือนที่ยังไม่อ่าน", "55"), { timeout: 5000 });
    await desktop.getByText("แก้วเซรามิก").first().waitFor();
    await step("ได้รับแล้ว")(desktop).first().waitFor();
    await inbox(phone).getByRole("button", { name: "อ่านทั้งหมดแล้ว" }).click();
    await onAll(devices, figure("การแจ้งเตือนที่ยังไม่อ่าน", "0"));
    await inbox(desktop)
      .locator("[data-unread]")
      .first()
      .waitFor({ state: "detached", ...SOON });

    const items = inbox(desktop).locator(".carillon-item");
    const before = await items.count();
    await inbox(desktop).locator(".carillon-more button").click();
    await items.nth(54).waitFor();
    expect(before).toBeLessThan(55);
  });

  test("shows its own people a new order and how far it is", async () => {
    const desk = await open("Shop desk", "/desk");
    await desk.getByText("No orders yet.").waitFor();
    const order = (status: string, more: object = {}) => ({
      ...{ event: "order:updated", to: { channels: ["admin:notifications"] } },
      data: { orderId: "SO-5", orderNumber: "SO-5", status, ...more },
    });
    await post(service, order("placed", { customerName: "Mint", total: 650 }));
    const row = desk.getByRole("listitem").filter({ hasText: "SO-5" });
    await row.getByText("Placed").waitFor(SOON);
    await post(service, order("paid"));
    await row.getByText("Paid").waitFor(SOON);
    await onAll([desk], figure("To be packed", "1"));
    expect(await desk.locator(".rows > .arrived").count()).toBe(1);
    await desk.reload();
    await row.getByText("Mint", { exact: false }).waitFor();
    await row.getByText("Paid").waitFor();
    expect(await desk.locator(".arrived").count()).toBe(0);
    expect(await findings(desk)).toEqual([]);
  });
});

describe("the exam bank", () => {
  afterEach(closeWindows);

  const exam = (userId: string, examId: string, examTitle: string, hours = 71) => ({
    event: "exam:assigned",
    data: {
      ...{ userId, examId, examTitle, questions: 40 },
      dueAt: new Date(Date.now() + hours * 3_600_000 + 60_000).toISOString(),
    },
  });
  const published = (examId: string, examTitle: string, role = "student") => ({
    event: "exam:published",
    data: { role, examId, examTitle },
  });
  const card = (page: Page, title: string) => page.getByRole("region", { name: title });

  test("tells one student of an exam, everybody of the role of a notice, each once", async () => {
    const linh = await open("Linh", "/exams", "vi");
    const minh = await open("Minh", "/exams");
    await linh.getByRole("heading", { name: "Đề thi của tôi" }).waitFor();

    await post(service, exam("linh", "e1", "Toán 12"));
    const mine = card(linh, "Được giao cho tôi").getByRole("listitem");
    await mine.getByText("sau 2 ngày nữa").waitFor(SOON);
    await post(service, [
      published("e2", "Vật lý 11"),
      published("e2", "Vật lý 11"),
      published("e3", "Staff", "teacher"),
    ]);
    const notice = card(linh, "Thông báo cho học sinh").getByText("Vật lý 11 đã có thể làm bài");
    const notices = card(minh, "Notices to students").getByRole("listitem");
    await notice.waitFor(SOON);
    await notices.getByText("Vật lý 11 is now available").waitFor(SOON);
    expect(
      await minh
        .getByRole("listitem")
        .filter({ hasText: /Toán|Staff/ })
        .count(),
    ).toBe(0);

    // A batch to the whole class, and the notice of what is assigned already.
    await post(service, [exam("linh", "e4", "Hóa học", 20), exam("minh", "e4", "Chemistry", 20)]);
    await post(service, published("e4", "Chemistry"));
    await card(minh, "Assigned to me").getByText("Published").waitFor(SOON);
    await onAll([minh], figure("Next one due in", "20 hours"));
    await onAll([minh], figure("Notices", "1"));
    expect(await notices.allTextContents()).toEqual([expect.stringContaining("Vật lý 11")]);
    expect(await mine.allTextContents()).toEqual([
      expect.stringMatching(/^Hóa học/),
      expect.stringMatching(/^Toán 12/),
    ]);

    const again = await open("Linh", "/exams");
    for (const page of [again, linh]) {
      if (page === linh) await page.reload();
      await card(page, "Được giao cho tôi").getByRole("listitem").nth(1).waitFor();
      expect(await card(page, "Được giao cho tôi").getByRole("listitem").count()).toBe(2);
      await card(page, "Thông báo cho học sinh").getByText("Vật lý 11").waitFor();
    }
    expect(await findings(linh)).toEqual([]);
  });

  test("says that it is offline, and shows what came meanwhile when it is back", async () => {
    const device = await LosableDevice.open(browser, service);
    onTestFinished(() => device.close());
    const page = await openWindow(browser, device.service, {
      ...{ person: "Minh", path: "/exams", context: device.context },
    });
    const badge = page.locator(".carillon-connection");
    await badge.getByText("Live").waitFor();
    await device.goOffline();
    await badge.getByText("Offline").waitFor();
    await post(service, exam("minh", "e9", "Biology 12"));
    await device.comeBack();
    await badge.getByText("Live").waitFor();
    await page.locator("#main").getByText("Biology 12").waitFor();
  });
});

describe("the licensing office", () => {
  /** Each on two devices, one of them in Thai. */
  let applicants: readonly [Page, Page];
  let officers: readonly [Page, Page];
  const changed = (status: string, previousStatus?: string) => ({
    event: "application:status-changed",
    data: {
      ...{ applicantId: "applicant-1", applicationId: "l1", applicationNumber: "LIC-1", status },
      ...(previousStatus !== undefined && { previousStatus }),
    },
  });

  beforeAll(async () => {
    applicants = await Promise.all([
      open("Chaiyo Ltd.", "/licences"),
      open("Chaiyo Ltd.", "/licences", "th"),
    ]);
    officers = await Promise.all([
      open("เจ้าหน้าที่วิภา", "/assigned", "en"),
      open("เจ้าหน้าที่วิภา", "/assigned", "th"),
    ]);
  });
  afterAll(closeWindows);

  test("tells the applicant of each state, from which to which, on every device", async () => {
    await post(service, changed("submitted"));
    await onAll(applicants, (page) => page.getByRole("region", { name: /^(Application|คำขอ) LIC-1/ }));
    await post(service, changed("under_review", "submitted"));
    const step = (page: Page) => page.getByText(/^(from Submitted to Under review|จากยื่นแล้วเป็นกำลังพิจารณา)$/);
    await onAll(applicants, step);
    await onAll(applicants, figure(/With the office|อยู่ที่สำนักงาน/, "1"));
    await applicants[0].reload();
    await step(applicants[0]).waitFor();
  });

  test("gives an officer an application, new until it is taken note of on one device", async () => {
    const [phone, desktop] = officers;
    await post(service, {
      event: "application:assigned",
      data: {
        ...{ assigneeId: "officer-1", applicationId: "l2", applicationNumber: "LIC-2" },
        assignedBy: "Somsri",
      },
    });
    await desktop.getByRole("button", { name: "รับทราบ LIC-2" }).waitFor(SOON);
    await phone.getByRole("button", { name: "Take note of LIC-2" }).click(SOON);
    await onAll([desktop], figure("ใหม่", "0"));
    await onAll([desktop], figure("รับทราบแล้ว", "1"));
    await phone.reload();
    await onAll([phone], figure("Taken note of", "1"), { timeout: 5000 });
    expect(await findings(phone)).toEqual([]);
  });

  test("alerts everybody, moving nothing, until each has dismissed it on one device", async () => {
    const [applicant] = applicants;
    const strip = (page: Page) => page.getByRole("region", { name: /System alerts|การเตือนของระบบ/ });
    const quiet = (page: Page) => strip(page).getByText(/^(No alerts|ไม่มีการเตือน)/);
    const place = () => applicant.locator(".stats").boundingBox();
    await quiet(applicant).waitFor();
    const before = await place();
    await post(service, {
      event: "system:alert",
      data: { title: "Maintenance tonight", message: "From 22:00 to 23:00", level: "critical" },
    });
    const told = (page: Page) => strip(page).getByText("Maintenance tonight");
    await onAll([...applicants, ...officers], told);
    expect(await place()).toEqual(before);
    expect(await findings(applicant)).toEqual([]);

    await strip(applicant).getByRole("button", { name: "Dismiss" }).click();
    await onAll(applicants, quiet);
    await onAll(officers, told);
  });
});

describe("the backend that a visitor plays", () => {
  afterEach(closeWindows);

  const shop = [
    "Place an order",
    "Confirm the payment",
    "Pack the order",
    "Hand it to the courier",
    "Deliver it",
  ];
  const exams = ["Assign an exam", "Publish the assigned exam", "Publish another to all students"];
  const licences = [
    "Submit an application",
    "Assign it to the officer",
    "Begin the review",
    "Ask for documents",
  ];

  test.each([
    ["Mint", [...shop, "Tell every customer of a sale"], ".order-steps [aria-current=step]", "Delivered"],
    ["Minh", [...exams, "Assign one to the whole class"], ".exam .chip", "Published"],
    [
      "Chaiyo Ltd.",
      [...licences, "Begin the review", "Approve", "Alert everybody"],
      ".card .chip",
      "Approved",
    ],
  ] as const)("is obeyed in each act, for %s", async (person, acts, part, outcome) => {
    const page = await openWindow(browser, service, { person });
    await page.getByRole("button", { name: "Play the backend" }).click();
    const panel = page.getByRole("complementary", { name: "Play the backend" });
    const played = panel.getByRole("list", { name: "What was posted" });
    for (const act of acts) {
      await panel.getByRole("button", { name: act }).click();
      await played.locator(":scope > li").first().getByText(act).waitFor();
    }
    expect(await panel.locator(".chip[data-tone=red]").count()).toBe(0);
    await page.locator(part, { hasText: outcome }).first().waitFor();
  });
});
