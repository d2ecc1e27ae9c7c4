import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { axeFindings } from "../../support/axe.ts";
import { launchChromium } from "../../support/chromium.ts";
import { goTo, LosableDevice, openWindow, post, startPortals } from "../../support/portals.ts";
import type { Service } from "../../support/service.ts";

let service: Service;
let browser: Browser;
/** Side by side for the whole file. */
let ploy: Page;
let ton: Page;
let dao: Page;
let head: Page;

/** ms in which what was posted is to be seen. */
const SECOND = { timeout: 1000 };

beforeAll(async () => {
  [service, browser] = await Promise.all([startPortals({ ROOM_GRACE_SECONDS: "1" }), launchChromium()]);
  [ploy, ton, dao, head] = await Promise.all([
    openWindow(browser, service, { person: "Nurse Ploy" }),
    openWindow(browser, service, { person: "หมอต้น", language: "th" }),
    openWindow(browser, service, { person: "Nurse Dao" }),
    openWindow(browser, service, { person: "Head of clinics" }),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

/** Several go to a page each, at once. */
const go = (...ways: readonly (readonly [Page, string])[]) =>
  Promise.all(ways.map(([page, path]) => goTo(page, path)));

describe("the queue board", () => {
  it("is the same for two of the staff: who is there, who types, their notes, and the queue as it moves", async () => {
    await go([ploy, "/queue"], [ton, "/queue"]);
    await ploy.locator(".at-the-board").getByText("หมอต้น").waitFor();
    await ton.locator(".at-the-board").getByText("Nurse Ploy").waitFor();
    await ton.getByText("ข้อมูลล่าสุด").waitFor();

    await post(service, queue("7", 4, "A-01"));
    await Promise.all([shows(ploy, "A-01", "4"), shows(ton, "A-01", "4")]);

    await ploy.getByLabel("A note to the others").pressSequentially("B-02 needs a wheelchair.");
    await ton.getByText("Nurse Ploy กำลังพิมพ์…").waitFor();
    await ploy.getByRole("button", { name: "Send" }).click();
    await ton.locator(".notes").getByText("B-02 needs a wheelchair.").waitFor(SECOND);
    await ploy.locator(".notes").getByText("B-02 needs a wheelchair.").waitFor();
    await ton.getByText("Nurse Ploy กำลังพิมพ์…").waitFor({ state: "detached" });

    const calls = await ploy.locator(".last-calls").boundingBox();
    await post(service, queue("7", 3, "A-02"));
    await Promise.all([shows(ploy, "A-02", "3"), shows(ton, "A-02", "3")]);
    expect(await ploy.locator(".last-calls").boundingBox()).toEqual(calls);

    await ploy.reload();
    await shows(ploy, "A-02", "3", {});
    expect((await ploy.locator(".last-calls strong").allTextContents()).slice(0, 2)).toEqual([
      "A-02",
      "A-01",
    ]);
    await ploy.locator(".notes").getByText("B-02 needs a wheelchair.").waitFor();

    await goTo(ton, "/preferences");
    await ploy.locator(".at-the-board").getByText("หมอต้น").waitFor({ state: "detached" });
  });

  it("is in step again when the network is back, and sends what was written meanwhile", async () => {
    const device = await LosableDevice.open(browser, service);
    onTestFinished(() => device.close());
    const { context } = device;
    const lost = await openWindow(browser, device.service, { person: "Nurse Ploy", path: "/queue", context });
    await go([ploy, "/queue"]);
    await Promise.all([inStep(lost), inStep(ploy)]);
    await device.goOffline();
    await lost.getByText("Catching up…").waitFor();
    await lost.getByLabel("A note to the others").fill("Written in the lift.");
    await lost.getByRole("button", { name: "Send" }).click();
    await lost.getByText("It is sent when the connection is back.").waitFor();
    await post(service, [queue("7", 6, "A-10"), queue("7", 5, "A-11"), queue("7", 8, "A-11")]);
    await shows(ploy, "A-11", "8");
    expect(await lost.locator(".figure").first().textContent()).not.toBe("A-11");

    await device.comeBack();
    await inStep(lost);
    await shows(lost, "A-11", "8", {});
    expect(await lost.locator(".last-calls strong").allTextContents()).toEqual(
      await ploy.locator(".last-calls strong").allTextContents(),
    );
    for (const page of [lost, ploy]) {
      await page.locator(".notes").getByText("Written in the lift.").waitFor();
      expect(await page.locator(".notes").getByText("Written in the lift.").count()).toBe(1);
    }
    await context.close();
  });

  it("is refused to the staff of another clinic, who are told so", async () => {
    await go([dao, "/queue/7"]);
    const refusal = dao.getByRole("alert").filter({ hasText: "Clinic 7 is not yours" });
    await refusal.getByText("forbidden").waitFor();
    expect(await dao.locator(".figure").count()).toBe(0);
    await goTo(dao, "/alerts/7");
    await refusal.waitFor();
    await dao.getByRole("link", { name: "Go to clinic 8" }).click();
    await dao.getByRole("heading", { name: "Alerts of clinic 8" }).waitFor();
  });

  it("is that of either clinic for who belongs to both, and moves when the backend is played", async () => {
    await go([head, "/queue"]);
    await head.getByRole("link", { name: "Clinic 8" }).click();
    await head.getByRole("heading", { name: "Queue of clinic 8" }).waitFor();
    await inStep(head);
    await head.getByRole("button", { name: "Play the backend" }).click();
    await head.getByLabel("About").selectOption("8");
    await head.getByRole("button", { name: "Call the next patient" }).click();
    await shows(head, "A-01", "3", {});
    await head.getByRole("button", { name: "Play the backend" }).click();
  });
});

describe("alerts", () => {
  it("come at once, the critical ones stand on every page until somebody has taken them up", async () => {
    await go([ploy, "/alerts"], [ton, "/queue"]);
    await ploy.getByText("No alerts. All is well.").waitFor();
    await inStep(ton);
    await post(service, [alert("info", "Lunch"), alert("warning", "Low stock"), alert("critical", "Room 3")]);
    await ton.getByRole("link", { name: "วิกฤต 1 เรื่อง" }).waitFor(SECOND);
    await ploy.getByRole("listitem").filter({ hasText: "Room 3" }).waitFor(SECOND);
    await ploy
      .getByRole("alert")
      .filter({ hasText: "Critical alert, clinic 7: Room 3" })
      .waitFor({ state: "attached" });
    expect(await ploy.locator(".alert-message").allTextContents()).toEqual(["Room 3", "Low stock", "Lunch"]);
    expect(await ploy.locator(".alert-row .tile").evaluateAll(tonesOf)).toEqual(["red", "amber", "blue"]);

    await ton.getByRole("link", { name: "วิกฤต 1 เรื่อง" }).click();
    await ton.getByRole("button", { name: "รับทราบและดำเนินการ: Room 3" }).click();
    await ploy.getByText("Seen to by หมอต้น").waitFor();
    await ton.getByRole("link", { name: "วิกฤต 1 เรื่อง" }).waitFor({ state: "detached" });
    await ploy.reload();
    await ploy.getByText("Seen to by หมอต้น").waitFor();
    expect(await ploy.locator(".critical").count()).toBe(0);
  });

  it("and announcements of a backend stand above the page, also when it is loaded anew, until they are put away", async () => {
    await go([ploy, "/queue"]);
    await inStep(ploy);
    const place = await ploy.locator("h1").boundingBox();
    await post(service, { event: "ANNOUNCEMENT", data: { message: "Lunch until two.", at: "2026-11-21" } });
    await ploy.locator(".strip").getByText("Lunch until two.").first().waitFor(SECOND);
    expect(await ploy.locator("h1").boundingBox()).toEqual(place);
    await ploy.reload();
    await ploy.locator(".announcement").getByText("Lunch until two.").waitFor();
    await ploy.locator(".announcement").getByRole("button", { name: "Dismiss" }).click();
    await ploy.getByText("No announcements").waitFor();
    await ploy.reload();
    await ploy.getByText("No announcements").waitFor();
  });
});

describe("a broadcast", () => {
  it("reaches each in their own language, and says whom it has reached", async () => {
    await go([head, "/broadcast"]);
    await write(head, "Fire drill at three", "ซ้อมหนีไฟบ่ายสามโมง");
    await head.getByRole("radio", { name: "Clinics" }).check();
    await head.getByRole("button", { name: "Send" }).click();
    await head.getByText("Choose at least one of them.").waitFor();
    await head.getByRole("checkbox", { name: "Clinic 7" }).check();
    await head.getByRole("radio", { name: "ไทย" }).check();
    expect(await head.locator(".preview .carillon-toast").textContent()).toContain("ซ้อมหนีไฟบ่ายสามโมง");

    const answered = head.waitForResponse((response) => response.url().endsWith("/publish"));
    await head.getByRole("button", { name: "Send" }).click();
    expect((await answered).status()).toBe(200);
    await Promise.all([
      ploy.locator(".carillon-toasts").getByText("Fire drill at three").waitFor(SECOND),
      ton.locator(".carillon-toasts").getByText("ซ้อมหนีไฟบ่ายสามโมง").waitFor(SECOND),
    ]);
    await ploy.locator(".announcement").getByText("Fire drill at three").waitFor();
    await ton.locator(".announcement").getByText("ซ้อมหนีไฟบ่ายสามโมง").waitFor();

    const reach = head.getByRole("region", { name: "What was reached" });
    await reach.getByText("Kept, and being handed on").waitFor();
    for (const name of ["Nurse Ploy", "หมอต้น", "Head of clinics"]) {
      await reach.getByRole("listitem").filter({ hasText: name }).getByText("Received").waitFor();
    }
    expect(await reach.getByText("Nurse Dao").count()).toBe(0);
    expect(await dao.getByText("Fire drill at three").count()).toBe(0);

    await head.reload();
    await reach.getByRole("listitem").filter({ hasText: "Nurse Ploy" }).waitFor();
    await ton.reload();
    await ton.locator(".announcement").getByText("ซ้อมหนีไฟบ่ายสามโมง").waitFor();
    const second = await openWindow(browser, service, { person: "หมอต้น" });
    await second.locator(".announcement").getByText("ซ้อมหนีไฟบ่ายสามโมง").waitFor();
    await second.locator(".carillon-bell-button").click();
    await second.getByRole("dialog").getByText("ซ้อมหนีไฟบ่ายสามโมง").waitFor();
    await second.context().close();
  });

  it("to everyone is asked about first, and a refusal is told in words", async () => {
    // What was sent before is no longer on the page.
    await go([head, "/alerts/7"]);
    await go([head, "/broadcast"]);
    await write(head, "Power is out tonight", "คืนนี้ไฟฟ้าดับ");
    await head.getByRole("radio", { name: "Maintenance" }).check();
    await head.getByRole("button", { name: "Send" }).click();
    const dialog = head.getByRole("dialog", { name: "Send it to everyone?" });
    await dialog.waitFor();
    await head.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    await head.route("**/publish", (route) =>
      route.fulfill({ status: 429, body: JSON.stringify({ code: "rate_limited", detail: "Too fast." }) }),
    );
    await head.getByRole("button", { name: "Send" }).click();
    await dialog.getByRole("button", { name: "Send to everyone" }).click();
    await head.getByRole("alert").filter({ hasText: "too much in a short time" }).waitFor();
    await head.unroute("**/publish");
    await head.getByRole("button", { name: "Send" }).click();
    await dialog.getByRole("button", { name: "Send to everyone" }).click();
    await head.getByText("system:maintenance").waitFor();
    await dao.locator(".announcement").getByText("Power is out tonight").waitFor(SECOND);
  });
});

it("every page of the clinic is accessible, in light and dark, in English and Thai", async () => {
  for (const theme of ["light", "dark"] as const) {
    if (theme === "dark") await head.getByRole("button", { name: "Dark appearance" }).click();
    await head.locator(`html[data-theme=${theme}]`).waitFor();
    await head.locator(".language-select").selectOption(theme === "light" ? "en" : "th");
    for (const path of ["/queue/7", "/alerts/7", "/broadcast", "/queue/9"]) {
      await goTo(head, path);
      await (path === "/queue/9" ? head.locator(".refused") : head.locator("h2").first()).waitFor();
      expect(await axeFindings(head), `${path} in ${theme}`).toEqual([]);
    }
  }
});

function queue(clinicId: string, waiting: number, serving: string): object {
  return { event: "QUEUE_UPDATE", data: { clinicId, waiting, serving } };
}

function alert(level: string, message: string): object {
  return { event: "CLINIC_ALERT", data: { clinicId: "7", level, message } };
}

/** Waits until the board shows who is being served and how many wait. */
async function shows(page: Page, serving: string, waiting: string, within: object = SECOND): Promise<void> {
  const figures = page.locator(".figure");
  await figures
    .nth(0)
    .and(page.getByText(serving, { exact: true }))
    .waitFor(within);
  await figures
    .nth(1)
    .and(page.getByText(waiting, { exact: true }))
    .waitFor(within);
}

/** Waits until the board follows its room. */
async function inStep(page: Page): Promise<void> {
  await page.locator(".board .chip[data-tone=green]").first().waitFor();
}

/** Writes a broadcast in both languages. */
async function write(page: Page, english: string, thai: string): Promise<void> {
  await page.getByLabel("Title (English)").fill(english);
  await page.getByLabel("Message (English)").fill("Please leave by the east stairs.");
  await page.getByLabel("Title (ไทย)").fill(thai);
  await page.getByLabel("Message (ไทย)").fill("โปรดใช้บันไดฝั่งตะวันออก");
}

function tonesOf(tiles: readonly Element[]): (string | null)[] {
  return tiles.map((tile) => tile.getAttribute("data-tone"));
}
