import { gzipSync } from "node:zlib";
import type { Browser, Page, Response } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { axeFindings } from "../../support/axe.ts";
import { launchChromium } from "../../support/chromium.ts";
import { goTo, LosableDevice, newDevice, openWindow, post, startPortals } from "../../support/portals.ts";
import type { Service } from "../../support/service.ts";
import { userToken } from "../../support/token.ts";

let browser: Browser;
let service: Service;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchChromium(), startPortals()]);
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

const announcement = (title: string) => ({
  event: "system:announcement",
  data: { title, message: "For all" },
});

async function signInPage(options: Parameters<typeof newDevice>[1] = {}): Promise<Page> {
  const page = await (await newDevice(browser, options)).newPage();
  await page.goto(service.url);
  await page.getByRole("button", { name: "Malee Srisuk" }).waitFor();
  return page;
}

describe("signing in", () => {
  test("is choosing somebody, in the browser's language first and then in theirs", async () => {
    const page = await signInPage({ language: "th" });
    await page.getByRole("heading", { name: "วันนี้คุณเป็นใคร" }).waitFor();
    await page.getByRole("button", { name: "Malee Srisuk" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await page.getByText("Malee Srisuk").waitFor();
  });

  test("is being somebody else, with a role of the scenario", async () => {
    const page = await signInPage();
    const card = page.getByRole("region", { name: "Exam bank" });
    await card.getByText("Somebody else").click();
    await card.getByLabel("User id").fill("student-99");
    await card.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator(".who", { hasText: "student-99" }).getByText("Student", { exact: true }).waitFor();
  });

  test("is showing a token of one's own, and what is none is refused", async () => {
    const page = await signInPage();
    await page.getByText("Sign in with a token").click();
    const field = page.getByLabel("Token");
    await field.fill("no.token");
    await page.locator(".own-token").getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").filter({ hasText: "This is not a token." }).waitFor();
    await field.fill(await userToken(service, { sub: "owner", name: "An owner", roles: ["operator"] }));
    await page.locator(".own-token").getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Operation" }).waitFor();
  });

  test("keeps the language of one's choice, and says when a token is refused", async () => {
    const page = await signInPage({ language: "th" });
    await page.getByText("เข้าสู่ระบบด้วยโทเค็น").click();
    await page.getByLabel("โทเค็น").fill(await userToken(service, { sub: "forger" }, "s".repeat(32)));
    await page.locator(".own-token").getByRole("button").click();
    const told = page.getByRole("alert").filter({ hasText: "บริการไม่รับโทเค็นของคุณ" });
    await told.getByRole("button", { name: "เข้าสู่ระบบอีกครั้ง" }).click();
    await page.getByRole("heading", { name: "วันนี้คุณเป็นใคร" }).waitFor();
  });

  test("lasts over a reload, and ends by signing out", async () => {
    const page = await openWindow(browser, service, { person: "Minh" });
    await page.reload();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Who are you today?" }).waitFor();
    await expect.poll(() => focusedName(page)).toBe("Who are you today?");
    expect(await page.title()).toBe("Who are you today? · Carillon");
    await page.reload();
    await page.getByRole("heading", { name: "Who are you today?" }).waitFor();
  });

  test("needs a token where the service hands none out", async () => {
    const page = await (await newDevice(browser)).newPage();
    await page.route("**/health", async (route) => {
      const response = await route.fetch();
      const told: unknown = await response.json();
      await route.fulfill({ response, json: Object.assign({}, told, { environment: "production" }) });
    });
    await page.goto(service.url);
    await page.getByText("This service hands out no tokens. Bring one of yours.").waitFor();
    await page.getByLabel("Token").waitFor();
    expect(await page.getByRole("button", { name: "Malee Srisuk" }).count()).toBe(0);
  });
});

describe("around every page", () => {
  test("a toast, the bell and the panel show what is posted within a second, without moving anything", async () => {
    const page = await openWindow(browser, service, { person: "Minh", path: "/preferences" });
    // Preferences that are fetched are another height than the place that is kept for them.
    await page.locator(".carillon-preferences").getByRole("checkbox").first().waitFor();
    const before = await places(page);
    await post(service, announcement("Hall 3 is closed"));
    await page.locator(".carillon-toast", { hasText: "Hall 3 is closed" }).waitFor({ timeout: 1000 });
    await page.getByRole("button", { name: /^Notifications, \d+ unread/ }).waitFor({ timeout: 1000 });
    expect(await places(page)).toEqual(before);
    await page.getByRole("button", { name: /^Notifications/ }).click();
    await page.getByRole("dialog", { name: "Notifications" }).getByText("Hall 3 is closed").waitFor();
  });

  test("what was posted while the network was away comes when it is back", async () => {
    const device = await LosableDevice.open(browser, service);
    onTestFinished(() => device.close());
    const { context } = device;
    const page = await openWindow(browser, device.service, { person: "Linh", language: "en", context });
    await device.goOffline();
    await page.getByText("No connection.", { exact: false }).waitFor();
    await post(service, announcement("While you were away"));
    await device.comeBack();
    await page.locator(".carillon-connection[data-status=live]").waitFor();
    await page.getByRole("button", { name: /^Notifications/ }).click();
    await page.getByRole("dialog").getByText("While you were away").waitFor();
    await expect.poll(() => page.locator(".carillon-offline-card").count()).toBe(0);
  });

  test("a log that could not be read is no empty one, and can be read again", async () => {
    const context = await newDevice(browser);
    await context.route("**/events?**", (route) => route.fulfill({ status: 503, body: "busy" }));
    const page = await openWindow(browser, service, { person: "Shop desk", context });
    const failure = page.getByRole("alert").filter({ hasText: "Your records could not be fetched." });
    await failure.waitFor();
    await page.getByText("It could not be fetched.").waitFor();
    expect(await page.getByText("No orders yet.").count()).toBe(0);
    await context.unroute("**/events?**");
    await failure.getByRole("button", { name: "Try again" }).click();
    await page.getByText("No orders yet.").waitFor();
    expect(await failure.count()).toBe(0);
  });

  test("a page that cannot be fetched takes nothing else with it", async () => {
    const page = await openWindow(browser, service, { person: "Minh" });
    await page.getByRole("heading", { name: "My exams" }).waitFor();
    await expect.poll(() => focusedName(page)).toBe("My exams");
    await page.route("**/preferences-page-*.js", (route) => route.abort());
    await page.getByRole("link", { name: "Preferences" }).click();
    await page.getByRole("heading", { name: "This page could not be shown" }).waitFor();
    await page.getByRole("link", { name: "My exams" }).click();
    await page.getByRole("heading", { name: "My exams" }).waitFor();
    await page.getByRole("link", { name: "Preferences" }).click();
    await page.unroute("**/preferences-page-*.js");
    await page.getByRole("button", { name: "Load it again" }).click();
    await page.getByRole("heading", { name: "Preferences" }).waitFor();
  });

  test("the menu has what one's roles allow, and no address leads beyond", async () => {
    const page = await openWindow(browser, service, { person: "Nurse Ploy", path: "/broadcast" });
    await expect.poll(() => new URL(page.url()).hash).toBe("#/queue");
    await page.getByRole("heading", { name: "Queue of clinic 7" }).waitFor();
    expect(await page.locator(".menu a").allTextContents()).toEqual(["Queue", "Alerts", "Preferences"]);
    expect(await page.getByRole("heading", { name: "Broadcast" }).count()).toBe(0);
  });

  test("light and dark are remembered", async () => {
    const page = await openWindow(browser, service, { person: "Minh", theme: "light" });
    await page.getByRole("button", { name: "Dark appearance" }).click();
    await page.reload();
    await page.getByRole("button", { name: "Light appearance" }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  });

  test("preferences hold on another device", async () => {
    const page = await openWindow(browser, service, { person: "Mint", path: "/preferences" });
    const choice = (where: Page) => where.locator(".carillon-preferences").getByRole("checkbox").first();
    await choice(page).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    const other = await openWindow(browser, service, { person: "Mint", path: "/preferences" });
    await choice(other).waitFor();
    expect(await choice(other).isChecked()).toBe(false);
  });

  test("sound and notifications of the browser are off until they are turned on here", async () => {
    const context = await newDevice(browser);
    // Without a head Chromium denies them whatever is granted.
    await context.addInitScript(() => {
      const FakeNotification = {
        get permission() {
          return localStorage.getItem("permission") ?? "default";
        },
        async requestPermission() {
          localStorage.setItem("permission", "granted");
          return "granted";
        },
      };
      Object.assign(window, { Notification: FakeNotification });
    });
    const page = await openWindow(browser, service, { person: "Mint", path: "/preferences", context });
    const [sound, popUps] = [page.getByLabel("Sound"), page.getByLabel("Browser notifications")];
    await sound.waitFor();
    expect([await sound.isChecked(), await popUps.isChecked()]).toEqual([false, false]);
    await sound.check();
    await popUps.check();
    await page.reload();
    await sound.waitFor();
    expect([await sound.isChecked(), await popUps.isChecked()]).toEqual([true, true]);
  });

  test("the keyboard finds the page, the menu and everything in the bar, in their order", async () => {
    const page = await openWindow(browser, service, { person: "Anong Wattana", path: "/preferences" });
    await page.reload();
    await page.getByRole("checkbox").first().waitFor();
    const names: string[] = [];
    for (let step = 0; step < 6; step++) {
      await page.keyboard.press("Tab");
      names.push(await focusedName(page));
    }
    expect(names.slice(0, 5).map((name) => name.replace(/,.*/, ""))).toEqual([
      "Skip to the page",
      "Language",
      "Dark appearance",
      "Notifications",
      "Sign out",
    ]);
    await page.getByRole("button", { name: "Skip to the page" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
  });

  test.each(["light", "dark"] as const)(
    "axe finds nothing on the page to sign in or in preferences, in %s",
    async (theme) => {
      const page = await signInPage({ theme });
      expect(await axeFindings(page)).toEqual([]);
      await page.getByRole("button", { name: "Linh" }).click();
      await page.locator(".carillon-connection[data-status=live]").waitFor();
      await goTo(page, "/preferences");
      await page.getByRole("checkbox").first().waitFor();
      expect(await axeFindings(page)).toEqual([]);
    },
  );

  test("the first load is under 150 kB, compressed, the typeface for Thai included", async () => {
    const page = await (await newDevice(browser, { language: "th" })).newPage();
    const files = filesOf(page);
    await page.goto(service.url);
    await page.getByRole("button", { name: "Malee Srisuk" }).waitFor();
    await page.evaluate(() => document.fonts.ready);
    expect(files.length).toBeGreaterThan(3);
    expect(await sizeOf(files)).toBeLessThan(150_000);
  });

  test("the code of each scenario's first page is under 150 kB, compressed, and comes in few files", async () => {
    const cast = ["Malee Srisuk", "Head of clinics", "Mint", "Linh", "Chaiyo Ltd.", "On call"];
    const devices = cast.map(async (person) => {
      const page = await (await newDevice(browser)).newPage();
      const files = filesOf(page);
      await page.goto(service.url);
      await page.getByRole("button", { name: person }).first().click();
      await page.locator(".shell #main h1").waitFor();
      const code = files.filter((file) => !file.url().endsWith(".woff2"));
      return { person, files: code.length, bytes: await sizeOf(code) };
    });
    for (const { person, files, bytes } of await Promise.all(devices)) {
      expect(files, person).toBeLessThan(20);
      expect(bytes, person).toBeLessThan(150_000);
    }
  });
});

/** Where the parts of the page are. */
function places(page: Page): Promise<(object | null)[]> {
  return Promise.all(
    ["#main h1", ".carillon-bell", ".menu a", ".card"].map((part) =>
      page.locator(part).first().boundingBox(),
    ),
  );
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
  });
}

/** The files of the pages that a window fetches, as it goes. */
function filesOf(page: Page): readonly Response[] {
  const files: Response[] = [];
  page.on("response", (response) => {
    const { origin, pathname } = new URL(response.url());
    const isFile = pathname === "/" || pathname.startsWith("/assets/");
    if (origin === service.url && isFile) files.push(response);
  });
  return files;
}

/** What they come to when compressed, in bytes. */
async function sizeOf(files: readonly Response[]): Promise<number> {
  const bodies = await Promise.all(files.map((file) => file.body()));
  return bodies.reduce((sum, body) => sum + compressed(body), 0);
}

function compressed(body: Buffer): number {
  return Math.min(body.length, gzipSync(body).length);
}
