import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axeFindings } from "../../support/axe.ts";
import { certification } from "../../support/certification.ts";
import { launchChromium } from "../../support/chromium.ts";
import { goTo, openWindow, post, startPortals } from "../../support/portals.ts";
import type { Service } from "../../support/service.ts";

let browser: Browser;
let service: Service;
/** Side by side for the whole file: the farmer's window, and the administrator's. */
let farm: Page;
let office: Page;

const malee = { person: "Malee Srisuk", path: "/farm" } as const;
const anong = { person: "Anong Wattana", path: "/admin" } as const;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startPortals({ PRESENCE_GRACE_SECONDS: "1" })]);
  [farm, office] = await Promise.all([
    openWindow(browser, service, malee),
    openWindow(browser, service, anong),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

const { created, updated, approved, rejected, charged, paid, issued, expiring, scheduled, audited } =
  certification;
/** ms in which an event must be seen once it was answered. */
const AT_ONCE = { timeout: 1000 };

/** An application that no other test speaks of. */
let applications = 100;
function anApplication() {
  applications += 1;
  return {
    ...{ applicationId: `app-${applications}`, applicationNumber: `APP-${applications}` },
    ...{ paymentId: `pay-${applications}`, auditId: `audit-${applications}` },
    ...{ certificateId: `cert-${applications}`, certificateNumber: `CERT-${applications}` },
  };
}

const row = (page: Page, list: string, text: string) =>
  page.getByRole("list", { name: list, exact: true }).getByRole("listitem").filter({ hasText: text });
const seen = (page: Page, list: string, number: string, state: string) =>
  row(page, list, number).filter({ hasText: state }).first().waitFor(AT_ONCE);
/** The number on a card. */
const figure = (page: Page, label: string) =>
  page
    .locator(".stat")
    .filter({ has: page.getByText(label, { exact: true }) })
    .locator(".stat-value");
/** Goes there, and waits until that page is there. */
async function comeTo(page: Page, path: string, title: string): Promise<void> {
  await goTo(page, path);
  await page.getByRole("heading", { name: title, level: 1 }).waitFor();
}
const figures = (page: Page) => page.locator(".stat-value").allTextContents();
const rows = (page: Page) => page.locator(".feed .feed-words").allTextContents();

describe("the farmer and the office", () => {
  test("see what is played in one window at once, in both", async () => {
    // In the administrator's window it would be about the same farmer, who speaks the same language.
    const toggle = office.getByRole("button", { name: "Play the backend" });
    await toggle.click();
    expect(await office.getByLabel("About").inputValue()).toBe("malee");
    await toggle.click();
    await farm.getByRole("button", { name: "Play the backend" }).click();
    const play = (act: string) => farm.getByRole("button", { name: act }).click();
    const both = (state: string) =>
      Promise.all([
        seen(office, "Newest applications", "Malee Srisuk", state),
        seen(farm, "Applications", "APP-", state),
      ]);
    await play("Create an application");
    await both("Submitted");
    await play("Start its review");
    await both("Under review");
    await play("Ask for a payment");
    await row(farm, "Latest news", "Payment due").waitFor(AT_ONCE);
    await play("Confirm the payment");
    await Promise.all([
      row(office, "Payments", "Malee Srisuk").waitFor(AT_ONCE),
      row(farm, "Latest news", "Payment received").waitFor(AT_ONCE),
    ]);
    await play("Approve the application");
    await both("Approved");
    await play("Issue the certificate");
    await seen(farm, "Applications", "APP-", "Certified");
    await play("Warn that it expires");
    await farm.locator(".certificate", { hasText: "30 days left" }).waitFor(AT_ONCE);
    await farm.getByRole("button", { name: "Play the backend" }).click();
  });

  test("see what a backend posts; a reload and a second device show the same", async () => {
    const [good, bad] = [anApplication(), anApplication()];
    expect(await figure(farm, "Not approved").textContent()).toBe("0");
    await post(service, [created(good), created(bad), charged(good)]);
    await post(service, [paid(good), approved(good), rejected(bad)]);
    await Promise.all([
      seen(office, "Newest applications", good.applicationNumber, "Approved"),
      seen(office, "Newest applications", bad.applicationNumber, "Not approved"),
      seen(farm, "Applications", bad.applicationNumber, "Not approved"),
    ]);
    expect(await figure(farm, "Not approved").textContent()).toBe("1");
    const decided = row(office, "Newest applications", bad.applicationNumber);
    expect(await decided.textContent()).toContain("The water test is missing.");

    const compare = async (page: Page, options: typeof malee | typeof anong) => {
      const before = { figures: await figures(page), rows: await rows(page) };
      await page.reload();
      const second = await openWindow(browser, service, options);
      for (const other of [page, second]) {
        await expect.poll(() => figures(other)).toEqual(before.figures);
        expect(await rows(other)).toEqual(before.rows);
      }
      await second.context().close();
    };
    await compare(farm, malee);
    await compare(office, anong);
  });
});

describe("an application's page", () => {
  test("tells all that happens to it, as it happens", async () => {
    const one = anApplication();
    await post(service, created(one));
    await comeTo(farm, "/applications", "Applications");
    await farm.getByRole("link", { name: one.applicationNumber }).click();
    await farm.getByRole("heading", { name: one.applicationNumber, level: 1 }).waitFor();
    await expect.poll(() => farm.evaluate(() => document.activeElement?.tagName)).toBe("H1");
    const step = (text: string) => farm.locator(".timeline li", { hasText: text });
    const happens = [
      [updated(one), "Under review"],
      [charged(one), "by Jan 15, 2027"],
      [paid(one), "receipt RC-7001"],
      [scheduled(one), "Dec 3, 2026 · Malee Herb Garden"],
      [audited(one), "Passed · score 92"],
      [rejected(one), "The water test is missing."],
    ] as const;
    for (const [event, told] of happens) {
      await post(service, event);
      await step(told).waitFor(AT_ONCE);
    }
    await farm.locator(".facts", { hasText: "Not approved" }).waitFor(AT_ONCE);
    expect(await farm.locator(".timeline li").count()).toBe(happens.length + 1);
    await farm.reload();
    await step("The water test is missing.").waitFor();
    expect(await farm.locator(".timeline li").count()).toBe(happens.length + 1);
    await goTo(farm, "/applications/nothing");
    await farm.getByText("There is no such application.").waitFor();
  });
});

describe("what is good", () => {
  test("is celebrated when it comes, and not again after a reload", async () => {
    const one = anApplication();
    await comeTo(farm, "/payments", "Payments");
    await post(service, [created(one), charged({ ...one, amount: 1234 })]);
    await seen(farm, "Payments", "฿1,234", "To pay");
    const word = farm.locator(".carillon-celebration-word");
    await post(service, paid({ ...one, amount: 1234, receiptNumber: "RC-1234" }));
    await word.filter({ hasText: "Payment of ฿1,234 received" }).waitFor(AT_ONCE);
    await seen(farm, "Payments", "RC-1234", "Paid");
    await farm.reload();
    await row(farm, "Payments", "RC-1234").waitFor();
    expect(await word.count()).toBe(0);

    await comeTo(farm, "/farm", "My farm");
    await row(farm, "Latest news", "RC-1234").waitFor();
    await post(service, [approved(one), issued(one)]);
    await word.filter({ hasText: `Certificate ${one.certificateNumber} is yours` }).waitFor(AT_ONCE);
    await farm.reload();
    await row(farm, "Latest news", one.certificateNumber).waitFor();
    expect(await word.count()).toBe(0);
  });

  test("runs out in amber, with the days that are left", async () => {
    const one = anApplication();
    await post(service, issued(one));
    await post(service, expiring(12, one));
    const alert = farm.locator(".certificate[data-tone=amber]", { hasText: one.certificateNumber });
    await alert.getByText("12 days left").waitFor(AT_ONCE);
  });
});

describe("the auditor", () => {
  test("sees assignments by their date, and when they are done", async () => {
    const page = await openWindow(browser, service, { person: "Prasert Chai" });
    const [late, early] = [anApplication(), anApplication()];
    await post(service, scheduled({ ...late, scheduledDate: "2099-12-09" }));
    await seen(page, "Coming up", late.applicationNumber, "Dec 9, 2099");
    await post(service, scheduled({ ...early, scheduledDate: "2099-12-01" }));
    await seen(page, "Coming up", early.applicationNumber, "Dec 1, 2099");
    const ahead = page.getByRole("list", { name: "Coming up" }).getByRole("listitem");
    const order = (await ahead.allTextContents()).map((text) => /APP-\d+/.exec(text)?.[0]);
    expect(order.slice(-2)).toEqual([early.applicationNumber, late.applicationNumber]);
    await post(service, audited(early));
    await seen(page, "Completed", early.applicationNumber, "Passed");
    expect(await row(page, "Coming up", early.applicationNumber).count()).toBe(0);

    await page.locator(".language-select").selectOption("th");
    await speaksThai(page, "/assignments", "งานที่ได้รับมอบหมาย", "นัดแล้ว");
    await page.context().close();
  });
});

describe("the office", () => {
  test("shows who comes and who goes, and how many there are", async () => {
    const krit = row(office, "Online now", "กฤษณ์ ทองดี");
    await row(office, "Online now", "Anong Wattana").waitFor();
    expect(await krit.count()).toBe(0);
    const guest = await openWindow(browser, service, { person: "กฤษณ์ ทองดี" });
    await krit.waitFor();
    await guest.context().close();
    await krit.waitFor({ state: "detached" });
    // The auditor of the test before has gone as well, by now or soon.
    await expect.poll(() => figure(office, "Active users").textContent()).toBe("2");
  });

  test("shows the ten newest, and adds up what came in today", async () => {
    const many = Array.from({ length: 11 }, anApplication);
    const sum = async () =>
      Number((await figure(office, "Received today").textContent())?.replace(/[฿,]/g, ""));
    await expect.poll(sum).toBeGreaterThanOrEqual(0);
    const before = await sum();
    const payments = many.slice(0, 2).map((one) => paid({ ...one, amount: 100 }));
    await post(service, [...many.map(created), ...payments]);
    await seen(office, "Newest applications", many[10]?.applicationNumber ?? "", "Submitted");
    await expect.poll(sum, AT_ONCE).toBe(before + 200);
    const list = office.getByRole("list", { name: "Newest applications" }).getByRole("listitem");
    expect(await list.count()).toBe(10);
    expect(await row(office, "Newest applications", many[0]?.applicationNumber ?? "").count()).toBe(0);
  });
});

describe("every page", () => {
  const desk = { width: 1280, height: 860 };
  test.each([
    ["a desk", desk],
    ["a phone", { width: 390, height: 780 }],
  ])("stays where it is when something comes, at %s", async (_, size) => {
    const stays = async (path: string, title: string, list: string) => {
      const own = anApplication();
      await comeTo(farm, path, title);
      await farm.locator(".stat-value", { hasText: /\d/ }).first().waitFor();
      const before = await Promise.all([farm, office].map(standing));
      await Promise.all([farm, office].map(watchShifts));
      await post(service, [created(own), charged(own), paid(own), approved(own), issued(own)]);
      await Promise.all([
        row(farm, list, own.applicationNumber).first().waitFor(),
        seen(office, "Newest applications", own.applicationNumber, "Approved"),
      ]);
      expect(await Promise.all([farm, office].map(standing))).toEqual(before);
      expect(await Promise.all([farm, office].map(shifts))).toEqual([[], []]);
    };
    await Promise.all([farm, office].map((page) => page.setViewportSize(size)));
    await stays("/farm", "My farm", "Latest news");
    await stays("/payments", "Payments", "Payments");
  });

  test("speaks Thai, and has nothing that axe finds in light and in dark", async () => {
    const one = anApplication();
    await post(service, [created(one), charged(one), rejected(one)]);
    await Promise.all([farm, office].map((page) => page.locator(".language-select").selectOption("th")));
    // On the phone's size, where the panel fills the window.
    await farm.locator(".carillon-bell-button").click();
    await farm.getByRole("button", { name: "อ่านทั้งหมดแล้ว" }).click();
    await farm.keyboard.press("Escape");
    await Promise.all([farm, office].map((page) => page.setViewportSize(desk)));
    const ofFarmer = async () => {
      await speaksThai(farm, "/farm", "ฟาร์มของฉัน", "ไม่อนุมัติ");
      await speaksThai(farm, "/applications", "คำขอรับรอง", "ไม่อนุมัติ");
      const path = `/applications/${one.applicationId}`;
      await speaksThai(farm, path, one.applicationNumber, "คำขอไม่ได้รับการอนุมัติ");
      await speaksThai(farm, "/payments", "การชำระเงิน", "รอชำระ");
    };
    await Promise.all([ofFarmer(), speaksThai(office, "/admin", "สำนักงานรับรองมาตรฐาน", "ไม่อนุมัติ")]);
  });
});

/** Goes to a page, which has these words and no English ones, and nothing that axe finds; dark changes colours alone. */
async function speaksThai(page: Page, path: string, title: string, text: string): Promise<void> {
  await comeTo(page, path, title);
  await page.getByText(text).first().waitFor();
  const said = await page.locator("main").innerText();
  expect(said, path).not.toMatch(/application|payment|certificate|status|due|paid|online/i);
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "light";
  });
  expect(await axeFindings(page), path).toEqual([]);
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "dark";
  });
  expect(await axeFindings(page, ["color-contrast"]), path).toEqual([]);
}

/** Where everything stands that is no row of a list, nor what it says. */
function standing(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("h1, h2, .card, .stat, .stat-icon, .certificate-place, .menu a")].map(
      (part) => {
        const { x, y, width } = part.getBoundingClientRect();
        return `${part.className || part.textContent} ${x},${y + scrollY} ${width}`;
      },
    ),
  );
}

/** Begins to note what the browser itself calls a shift, but for rows that make way for a new one, and what lies over the page. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(() => {
    const noted: string[] = [];
    Reflect.set(window, "noted", noted);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const sources: readonly { readonly node?: Node | null }[] = Reflect.get(entry, "sources") ?? [];
        for (const { node } of sources) {
          const element = node instanceof Element ? node : node?.parentElement;
          if (element && !element.closest(".feed, .carillon-toasts, .carillon-celebration"))
            noted.push(element.outerHTML.slice(0, 120));
        }
      }
    }).observe({ type: "layout-shift" });
  });
}

function shifts(page: Page): Promise<readonly string[]> {
  return page.evaluate(
    () =>
      new Promise<readonly string[]>((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => done(Reflect.get(window, "noted"))));
      }),
  );
}
