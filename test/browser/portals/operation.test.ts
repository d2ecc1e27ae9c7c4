import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { axeFindings } from "../../support/axe.ts";
import { launchChromium } from "../../support/chromium.ts";
import { hasten, newDevice, openWindow, post, startPortals } from "../../support/portals.ts";
import type { Service } from "../../support/service.ts";

let browser: Browser;
let service: Service;
/** The operator's window, which stands open throughout. */
let page: Page;

beforeAll(async () => {
  // Counters are handed over when they are read: nothing else would be as fresh as a test is quick.
  [browser, service] = await Promise.all([launchChromium(), startPortals({ METRICS_SECONDS: "0" })]);
  const context = await newDevice(browser);
  await hasten(context);
  page = await openWindow(browser, service, { person: "On call", path: "/operation", context });
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});
afterEach(async () => {
  const guests = browser.contexts().filter((context) => context !== page.context());
  await Promise.all(guests.map((context) => context.close()));
});

/** The number on a card. */
const figure = (page: Page, label: string) =>
  page.locator(".stat", { hasText: label }).locator(".stat-value").textContent();
const chart = (page: Page, label: string) => page.getByRole("img", { name: label });

describe("the operator's page", () => {
  test("shows connections, users and rooms as they come and go", async () => {
    await chart(page, "Connections: 1").waitFor();
    const guest = await openWindow(browser, service, { person: "Malee Srisuk" });
    await chart(page, "Connections: 2").waitFor();
    await expect.poll(() => figure(page, "Users online"), { timeout: 10_000 }).toBe("2");
    await page.getByText("Farmer 1").waitFor();
    await guest.context().close();
    await chart(page, "Connections: 1").waitFor();
  });

  test("draws deliveries and how long they took", async () => {
    await openWindow(browser, service, { person: "Malee Srisuk" });
    await chart(page, "Deliveries a second: 0").waitFor();
    const events = Array.from({ length: 40 }, () => ({ event: "tick", to: { users: ["malee"] } }));
    await post(service, events);
    await Promise.all([
      page.getByRole("img", { name: /Deliveries a second: [1-9]/ }).waitFor(),
      page.getByRole("img", { name: /95 of 100 within: \d+ ms/ }).waitFor(),
    ]);
  });

  test("ends a connection, for good", async () => {
    const disconnect = page.getByRole("button", { name: "Disconnect malee" });
    // The guest of the test before has gone.
    await disconnect.waitFor({ state: "detached" });
    const guest = await openWindow(browser, service, { person: "Malee Srisuk" });
    await disconnect.click();
    await page.getByText("malee was disconnected.").waitFor();
    await guest.locator(".carillon-connection[data-status=offline]").waitFor();
    await disconnect.waitFor({ state: "detached" });
  });

  test("lists dead letters, and says why another try failed", async () => {
    const users = Array.from({ length: 60 }, (_, index) => `letter-${index}`);
    await post(service, { id: "taken", event: "x", data: "first", to: { users: ["letter-59"] } });
    await post(service, { id: "taken", event: "x", data: "other", to: { users } });
    await page.getByText("user letter-59").waitFor();
    await page.getByRole("button", { name: /^Retry letter/ }).click();
    await page.getByText("The service has refused this: id_conflict").waitFor();
    await page.getByText("user letter-59").waitFor();
  });

  test("is no page of whoever is no operator", async () => {
    const guest = await openWindow(browser, service, { person: "Malee Srisuk", path: "/operation" });
    await expect.poll(() => new URL(guest.url()).hash).toBe("#/farm");
    expect(await guest.getByRole("heading", { name: "Operation" }).count()).toBe(0);
    expect(await guest.getByRole("link", { name: "Operation" }).count()).toBe(0);
  });

  test("says so where the service does not answer, and goes on when it does", async () => {
    await page.locator(".language-select").selectOption("vi");
    await page.getByRole("img", { name: "Kết nối: 1" }).waitFor();
    const problem = page.getByRole("alert").filter({ hasText: "Không liên lạc được với dịch vụ." });
    await page.route("**/metrics", (route) => route.abort());
    await problem.waitFor();
    await page.unroute("**/metrics");
    await problem.waitFor({ state: "detached" });
    const named = await page.locator("main :is(h1, h2, dt, button)").allInnerTexts();
    expect(named.join()).not.toMatch(/connect|letter|role|room|user|retry/i);
  });

  test.each(["light", "dark"] as const)("has nothing that axe finds, in Thai and in %s", async (theme) => {
    await page.locator(".language-select").selectOption("th");
    if (theme === "dark") await page.getByRole("button", { name: "โหมดมืด" }).click();
    await page.getByRole("heading", { name: "การดำเนินงาน" }).waitFor();
    await page.locator(`html[data-theme=${theme}]`).waitFor();
    await page.getByRole("img", { name: /การเชื่อมต่อ: 1/ }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });
});

describe("the kill switch", () => {
  let closed: Service;
  beforeAll(async () => {
    closed = await startPortals({ REALTIME_ENABLED: "false" });
  });
  afterAll(() => closed?.stop());

  test("is shown to the operator, while everybody's page asks for news", async () => {
    const context = await newDevice(browser);
    const page = await context.newPage();
    await page.goto(closed.url);
    await page.getByRole("button", { name: "On call" }).click();
    await page.locator(".carillon-connection[data-status=polling]").waitFor();
    await page.getByText("Updates may arrive a few seconds late.").waitFor();
    await expect.poll(() => figure(page, "Live connections")).toBe("Off");
    await post(closed, {
      event: "system:announcement",
      data: { title: "Maintenance", message: "Back at noon" },
    });
    // Whoever comes back to the network does not wait for the next turn.
    await context.setOffline(true);
    await context.setOffline(false);
    await page
      .getByRole("button", { name: "Notifications, 1 unread notification" })
      .waitFor({ timeout: 5000 });
  });
});
