import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { InboxNotification } from "../../src/client/api.ts";
import { buildStage, openScene, type SceneOptions } from "../react/support/stage-page.ts";
import { axeFindings } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";

let browser: Browser;
let files: ReadonlyMap<string, string | Uint8Array>;
/** What the page's console complained about: React's warnings among it. */
let complaints: string[];

beforeAll(async () => {
  [browser, files] = await Promise.all([launchChromium(), buildStage()]);
});

afterAll(() => browser?.close());

afterEach(async () => {
  expect(complaints).toEqual([]);
  await Promise.all(browser.contexts().map((context) => context.close()));
});

describe("the bell", () => {
  it("counts to nine, says the number aloud, and opens and closes by keyboard", async () => {
    const page = await open("bell", { count: 12 });
    const bell = page.getByRole("button", { name: "Notifications, 12 unread notifications" });
    await bell.waitFor();
    expect(await page.locator(".carillon-badge").textContent()).toBe("9+");
    await bell.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Notifications" }).waitFor();
    expect(await focused(page)).toBe("n0");

    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await bell.evaluate((button) => button === document.activeElement)).toBe(true);
    await notify(page, { id: "new" });
    await page.getByRole("status").filter({ hasText: "13 unread notifications" }).waitFor();
  });

  it("closes when the focus or a click goes elsewhere, and moves nothing when its number changes", async () => {
    const page = await open("bell", { count: 0 });
    const bell = page.getByRole("button", { name: "Notifications", exact: true });
    const place = () => page.getByRole("button", { name: "After" }).boundingBox();
    const before = await place();
    await notify(page, { id: "first" });
    await page.locator(".carillon-badge").waitFor();
    expect(await place()).toEqual(before);

    for (const away of ["Tab", "click"]) {
      await page.locator(".carillon-bell-button").click();
      await page.getByRole("dialog").waitFor();
      if (away === "click") await page.mouse.click(20, 500);
      else await page.getByRole("button", { name: "After" }).focus();
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await bell.waitFor({ state: "detached" });
  });
});

describe("what the bell opens", () => {
  it.each(["left", "right"])("stays within the window at its %s edge", async (edge) => {
    const page = await open("bell", { count: 1 });
    await page.addStyleTag({ content: `.carillon-bell { position: fixed; top: 0; ${edge}: 0 }` });
    await page.locator(".carillon-bell-button").click();
    const { left, right } = await page
      .getByRole("dialog")
      .evaluate((dialog) => dialog.getBoundingClientRect());
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
  });
});

describe("the panel", () => {
  it("is walked by the keyboard, and the focus stays where something is deleted", async () => {
    const page = await open("panel");
    await page.locator("[data-id=n1] .carillon-item-main").focus();
    for (const [key, at] of [
      ["ArrowDown", "n2"],
      ["ArrowDown", "n3"],
      ["ArrowUp", "n2"],
      ["End", "n7"],
      ["ArrowDown", "n7"],
      ["Home", "n1"],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused(page), key).toBe(at);
    }
    await page.keyboard.press("Delete");
    await page.locator("[data-id=n1]").waitFor({ state: "detached" });
    expect(await focused(page)).toBe("n2");
    await page.keyboard.press("Enter");
    await page.locator("[data-id=n2]:not([data-unread])").waitFor();
    expect(await page.evaluate(() => window.stage.told)).toEqual(["open n2"]);

    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const archive = page.getByRole("button", { name: /^Archive: 🎉/ });
    expect(await archive.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.locator("[data-id=n2]").waitFor({ state: "detached" });
    expect(await focused(page)).toBe("n3");
    expect(await asked(page)).toEqual([
      "load",
      "mark seen all",
      "mark deleted n1",
      "mark read n2",
      "mark archived n2",
    ]);
  });

  it("shows at once what is done, and takes it back where the service refuses", async () => {
    const page = await open("panel");
    await page.evaluate(() => window.stage.memory.refuseNext());
    await page.locator("[data-id=n2]").hover();
    await page.getByRole("button", { name: /^Delete: 🎉/ }).click();
    await page.getByRole("alert").filter({ hasText: "That didn’t work" }).waitFor();
    await page.locator("[data-id=n2]").waitFor();

    await page.getByRole("button", { name: "Mark all as read" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
    expect(await page.locator("[data-unread]").count()).toBe(0);
    await page.getByRole("button", { name: "Unread", exact: true }).click();
    await page.getByText("Nothing unread").waitFor();
  });

  it("brings older ones page by page, and asks before it deletes all", async () => {
    const page = await open("panel", { count: 45 });
    const more = page.getByRole("button", { name: "Show older" });
    for (const [last, count] of [
      ["n20", 40],
      ["n40", 45],
    ] as const) {
      await more.focus();
      await page.keyboard.press("Enter");
      await page.locator(`[data-id=${last}]`).waitFor();
      expect(await page.getByRole("listitem").count()).toBe(count);
      expect(await focused(page)).toBe(last);
    }
    await more.waitFor({ state: "detached" });

    const clear = page.getByRole("button", { name: "Delete all", exact: true });
    await clear.click();
    await page.getByRole("alertdialog", { name: "Delete all notifications?" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    expect(await asked(page)).not.toContain("clear");
    await clear.click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete all" }).click();
    await page.getByText("You’re all caught up").waitFor();
  });

  it("speaks Thai and Vietnamese", async () => {
    const thai = await open("panel", { locale: "th" });
    await thai.getByRole("button", { name: "อ่านทั้งหมดแล้ว" }).waitFor();
    await thai.getByText("เมื่อวาน").waitFor();
    const vietnamese = await open("panel", { locale: "vi-VN" });
    await vietnamese.getByRole("button", { name: "Đánh dấu tất cả đã đọc" }).waitFor();
    await vietnamese.getByText("hôm qua", { exact: false }).first().waitFor();
  });
});

describe("the hooks", () => {
  it("render once for a change, which StrictMode makes two, and never show two values in one moment", async () => {
    const page = await open("counted");
    await page.locator("#unread").filter({ hasText: "3" }).waitFor();
    const renders = () => page.evaluate(() => ({ ...window.stage.renders }));
    const before = await renders();
    await notify(page, { id: "another" });
    await page.locator("#unread").filter({ hasText: "4" }).waitFor();
    const after = await renders();
    expect(after.inbox).toBe((before.inbox ?? 0) + 2);
    expect(after.connection).toBe(before.connection);
    await page.evaluate(async () => {
      for (let n = 0; n < 30; n++) {
        window.stage.memory.notify({ id: `burst ${n}` });
        if (n % 10 === 0) await new Promise(requestAnimationFrame);
      }
    });
    await page.locator("#unread").filter({ hasText: "34" }).waitFor();
    expect(await page.evaluate(() => window.stage.faults)).toEqual([]);
  });

  it("draw of a long list only what has changed", async () => {
    const page = await open("counted panel", { count: 20 });
    await page.locator("[data-id=n19]").waitFor();
    await expect.poll(() => asked(page)).toContain("mark seen all");
    await page.evaluate(() => {
      for (const name of Object.keys(window.stage.renders)) delete window.stage.renders[name];
      window.stage.memory.notify({ id: "new", seenAt: 1 });
    });
    await page.locator("[data-id=new]").waitFor();
    // The one that was the first is no longer where Tab stops.
    expect(Object.keys(await page.evaluate(() => window.stage.renders)).sort()).toEqual(["n0", "new"]);
  });

  it("follow a room for as long as it is shown, and leave nothing behind", async () => {
    const page = await open("channel");
    await page.evaluate(() => window.stage.set({ room: "room:1" }));
    await page.locator("#status").filter({ hasText: "subscribed" }).waitFor();
    await page.evaluate(() => {
      const { memory } = window.stage;
      memory.setPresence("room:1", { members: new Map(), count: 2, isNamed: false });
      memory.setTyping("room:1", ["bo"]);
      for (const event of ["a", "b", "c", "d"]) memory.emit({ channel: "room:1", event });
      memory.emit({ channel: "room:2", event: "elsewhere" });
      memory.emit({ event: "payment:confirmed", data: { amount: 1 } });
    });
    await page.locator("#events").filter({ hasText: "b,c,d" }).waitFor();
    expect(await page.locator("#people").textContent()).toBe("2 bo");

    await page.evaluate(() => {
      window.stage.memory.refuseRoom("room:2");
      window.stage.set({ room: "room:2", listener: "second" });
    });
    await page.locator("#status").filter({ hasText: "refused forbidden" }).waitFor();
    expect(await page.locator("#events").textContent()).toBe("");
    await page.evaluate(() => {
      window.stage.memory.emit({ event: "payment:confirmed", data: { amount: 2 } });
      window.stage.unmount();
    });
    expect(await page.evaluate(() => window.stage.told)).toEqual(["first 1", "second 2"]);
    expect(await page.evaluate(() => window.stage.memory.listeners)).toBe(0);
    const follows = (await asked(page)).filter((what) => what.endsWith("subscribe room:1"));
    expect(follows.filter((what) => what.startsWith("un"))).toHaveLength(follows.length / 2);
  });

  it("take over what a server has rendered", async () => {
    const page = await open("bell", { isHydrated: true, count: 2 });
    await page.getByRole("button", { name: "Notifications, 2 unread notifications" }).waitFor();
    await page.getByText("Live").waitFor();
    expect(await page.evaluate(() => window.stage.faults)).toEqual([]);
  });
});

describe("toasts", () => {
  it("stay a few seconds, longer under a pointer, and are urgent where the notification is", async () => {
    const page = await open("toasts", { count: 0 }, (page) => page.clock.install());
    await notify(page, { id: "calm", title: "Calm", actionUrl: "/calm" });
    await notify(page, { id: "urgent", title: "Urgent", priority: "critical" });
    await notify(page, { id: "quiet", title: "Quiet", silent: true });
    const calm = page.getByRole("status").filter({ hasText: "Calm" });
    await calm.waitFor();
    await page.getByRole("alert").filter({ hasText: "Urgent" }).waitFor();
    await calm.hover();
    await page.clock.runFor(20_000);
    expect(await calm.count()).toBe(1);
    await page.mouse.move(5, 500);
    await page.clock.runFor(7000);
    await calm.waitFor({ state: "detached" });
    expect(await page.locator(".carillon-toast").allTextContents()).toEqual([
      expect.stringContaining("Urgent"),
    ]);
    await page.getByRole("button", { name: "Dismiss: Urgent" }).click();
    await page.locator(".carillon-toast").waitFor({ state: "detached" });
  });

  it("tell an announcement once, and of a long replay only how much it was", async () => {
    const page = await open("toasts", { count: 0 });
    await page.evaluate(() => {
      const { memory } = window.stage;
      memory.emit({ id: "x1", event: "system:announcement", data: { title: "Tonight", message: "At ten" } });
      memory.notify({
        id: "x1",
        title: "Tonight",
        message: "At ten",
        actionUrl: "/news",
        actionText: "Read",
      });
      for (let n = 0; n < 12; n++) memory.notify({ id: `old ${n}` }, true);
    });
    await page.getByText("12 new notifications while you were away").waitFor();
    expect(await page.locator(".carillon-toast").count()).toBe(2);
    await page.getByRole("link", { name: "Read" }).waitFor();
  });
});

describe("the connection badge", () => {
  it("names each state, and tries again", async () => {
    const page = await open("bell");
    const badge = page.locator(".carillon-connection");
    const shows = async (state: Parameters<typeof window.stage.memory.setState>[0], text: RegExp) => {
      await page.evaluate((next) => window.stage.memory.setState(next), state);
      await badge.filter({ hasText: text }).waitFor();
    };
    await shows({ status: "connecting", attempt: 1 }, /^Connecting$/);
    const connected = { status: "connected", user: "ada", roles: [], since: 0 } as const;
    await shows({ ...connected, over: "polling" }, /^Livedelayed by a few seconds$/);
    await shows({ ...connected, over: "tab" }, /^Live$/);
    const away = { status: "disconnected", attempt: 2 } as const;
    await shows({ ...away, reason: "network", retryAt: Date.now() + 9000 }, /^OfflineReconnect$/);
    await page.getByRole("button", { name: "Reconnect" }).click();
    await shows({ ...away, reason: "exhausted" }, /^OfflineReconnect$/);
    await page.getByRole("button", { name: "Reconnect" }).click();
    expect((await asked(page)).slice(-2)).toEqual(["retry", "connect"]);
  });
});

describe("the banner of a lost connection", () => {
  it("comes after two seconds, moves nothing, tries again, and says that polling is late", async () => {
    const page = await open("offline", {}, (page) => page.clock.install());
    const told = page.locator(".carillon-offline").getByRole("status");
    const place = () => page.locator(".card").boundingBox();
    const before = await place();
    const set = (state: Parameters<typeof window.stage.memory.setState>[0]) =>
      page.evaluate((next) => window.stage.memory.setState(next), state);
    // From here on time passes only where the test says so.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1000);
    await set({ status: "disconnected", attempt: 1, reason: "network" });
    await page.clock.runFor(1000);
    await set({ status: "connecting", attempt: 2 });
    await page.clock.runFor(900);
    expect(await told.textContent()).toBe("");
    await page.clock.runFor(200);
    await told.filter({ hasText: "No connection" }).waitFor();
    expect(await place()).toEqual(before);
    await page.locator(".carillon-offline").getByRole("button", { name: "Reconnect" }).click();
    expect(await asked(page)).toContain("retry");

    const connected = { status: "connected", user: "ada", roles: [], since: 0 } as const;
    await set({ ...connected, over: "polling" });
    await told.filter({ hasText: "a few seconds late" }).waitFor();
    await set({ ...connected, over: "websocket" });
    await told.filter({ hasText: /^$/ }).waitFor({ state: "attached" });
    await set({ status: "disconnected", attempt: 0, reason: "closed" });
    await page.clock.runFor(5000);
    expect(await told.textContent()).toBe("");
  });
});

describe("browser notifications, sound and celebration", () => {
  it("ask only when they are asked for, and show what is new once while nobody looks", async () => {
    const page = await open("extras", { count: 0 }, (page) =>
      page.addInitScript(() => {
        const shown: unknown[] = [];
        class FakeNotification {
          static permission = "default";
          static async requestPermission() {
            shown.push("asked");
            FakeNotification.permission = "granted";
            return FakeNotification.permission;
          }
          constructor(title: string, options: object) {
            shown.push({ title, ...options });
          }
        }
        Object.assign(window, { Notification: FakeNotification, shown });
      }),
    );
    const shown = () => page.evaluate(() => Reflect.get(window, "shown"));
    await notify(page, { id: "before", title: "Before" });
    expect(await shown()).toEqual([]);
    await page.getByRole("button", { name: "Turn on browser notifications" }).click();
    await page.getByRole("button", { name: "Turn on browser notifications" }).waitFor({ state: "detached" });
    await notify(page, { id: "seen", title: "Seen" });
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden" });
    });
    await notify(page, { id: "n1", title: "Paid", message: "Thank you" });
    await notify(page, { id: "n2", silent: true });
    const options = { body: "Thank you", tag: "n1", icon: "/icon.png", requireInteraction: false };
    expect(await shown()).toEqual(["asked", { title: "Paid", ...options }]);
    await expect
      .poll(() => page.evaluate(() => window.stage.told))
      .toEqual(["sound before", "sound seen", "sound n1"]);
  });

  it("celebrate a payment and a certificate", async () => {
    const page = await open("extras", {}, (page) => page.clock.install());
    const word = page.getByText("Congratulations!");
    for (const event of ["payment:confirmed", "certificate:issued"]) {
      await page.evaluate((name) => window.stage.memory.emit({ event: name, data: null }), event);
      await word.waitFor();
      await page.clock.runFor(4000);
      await word.waitFor({ state: "detached" });
    }
    await page.evaluate(() => window.stage.memory.emit({ event: "payment:created", data: null }));
    expect(await word.count()).toBe(0);
  });

  it("are chosen for the device, off before that, and the choice outlasts the page", async () => {
    const page = await open("device", { count: 0 }, (page) =>
      page.addInitScript(() => {
        const FakeNotification = Object.assign(() => {}, {
          permission: "default",
          async requestPermission() {
            Object.assign(window, { hasAsked: true });
            FakeNotification.permission = "granted";
            return FakeNotification.permission;
          },
        });
        Object.assign(window, { Notification: FakeNotification });
      }),
    );
    const sound = page.getByRole("checkbox", { name: "Sound" });
    const browserSwitch = page.getByRole("checkbox", { name: "Browser notifications" });
    await browserSwitch.waitFor();
    await notify(page, { id: "before" });
    expect([await sound.isChecked(), await browserSwitch.isChecked()]).toEqual([false, false]);
    expect(await page.evaluate(() => Reflect.get(window, "hasAsked"))).toBeUndefined();
    await browserSwitch.click();
    await expect.poll(() => browserSwitch.isChecked()).toBe(true);
    await sound.click();
    await notify(page, { id: "after" });
    await expect.poll(() => page.evaluate(() => window.stage.told)).toEqual(["sound after"]);
    await page.reload();
    await expect.poll(() => sound.isChecked()).toBe(true);
    await sound.click();
    await notify(page, { id: "last" });
    expect(await page.evaluate(() => window.stage.told)).toEqual([]);
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({
      "carillon:browserNotifications": "on",
      "carillon:sound": "off",
    });
  });

  it("celebrate with a word alone where less motion is wanted", async () => {
    const page = await open("extras");
    await page.evaluate(() => window.stage.memory.emit({ event: "other", data: { celebration: true } }));
    await page.getByText("Congratulations!").waitFor();
    expect(await page.locator(".carillon-confetti").isVisible()).toBe(false);
    await page.emulateMedia({ reducedMotion: "no-preference" });
    expect(await page.locator(".carillon-confetti i").count()).toBeGreaterThan(20);
    expect(await page.locator(".carillon-confetti").evaluate((box) => getComputedStyle(box).display)).toBe(
      "block",
    );
  });
});

describe("the subscribers", () => {
  it("show an announcement until it is dismissed", async () => {
    const page = await open("room");
    const announce = (message: string) =>
      page.evaluate((said) => window.stage.memory.emit({ event: "ANNOUNCEMENT", data: said }), { message });
    await announce("Closed on Friday");
    await announce("Open again");
    await page.getByRole("status").filter({ hasText: "Open again" }).waitFor();
    expect(await page.locator(".carillon-banner").count()).toBe(1);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.locator(".carillon-banner").waitFor({ state: "detached" });
  });

  it("show who is in a room, who types there, and what comes", async () => {
    const page = await open("room");
    await page.getByText("Nothing yet").waitFor();
    await page.evaluate(() => {
      const { memory } = window.stage;
      const members = new Map(["ada", "bo"].map((user) => [user, undefined]));
      memory.setPresence("room:1", { members, count: 2, isNamed: true });
      memory.setTyping("room:1", ["bo"]);
      memory.emit({ channel: "room:2", event: "elsewhere" });
      memory.emit({ channel: "room:1", event: "QUEUE_UPDATE" });
    });
    await page.getByText("QUEUE_UPDATE", { exact: true }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Ada Lovelace" }).waitFor();
    await page
      .getByRole("status")
      .filter({ hasText: /^bo is typing/ })
      .waitFor();
    await page.evaluate(() => window.stage.memory.setTyping("room:1", []));
    await page.getByText("is typing").waitFor({ state: "detached" });
  });
});

describe("the preferences", () => {
  it("are saved whole, and kept as a draft where the service refuses them", async () => {
    const page = await open("preferences");
    await page.getByLabel("Payments: alert me").click();
    await page.getByLabel("Certificates: keep in the inbox").click();
    expect(await page.getByLabel("Certificates: alert me").isDisabled()).toBe(true);
    await page.getByLabel("Quiet hours").click();
    await page.getByLabel("From").fill("21:30");
    await page.getByLabel("Time zone").selectOption("Asia/Bangkok");
    await page.evaluate(() => window.stage.memory.refuseNext());
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").filter({ hasText: "That didn’t work" }).waitFor();
    expect(await page.getByLabel("From").inputValue()).toBe("21:30");

    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").filter({ hasText: "Saved" }).waitFor();
    expect(await page.evaluate(() => window.stage.memory.preferences)).toEqual({
      types: { payment: { inbox: true, announce: false }, certificate: { inbox: false, announce: true } },
      quietHours: { from: "21:30", to: "07:00", timeZone: "Asia/Bangkok" },
    });
  });
});

describe("to whoever cannot see or wants it dark", () => {
  it.each(["light", "dark"] as const)("nothing is in the way (%s)", async (colorScheme) => {
    const page = await open("everything", { colorScheme, viewport: { width: 1000, height: 1400 } });
    await page.evaluate(() => {
      const { memory } = window.stage;
      const members = new Map(["ada", "bo", "cy"].map((user) => [user, undefined]));
      memory.setPresence("room:1", { members, count: 14, isNamed: true });
      memory.setTyping("room:1", ["bo"]);
      memory.emit({
        event: "system:announcement",
        data: { title: "Tonight", message: "At ten", actionUrl: "/n" },
      });
    });
    await page.locator(".carillon-toast").waitFor();
    await page.getByLabel("Quiet hours").click();
    await page.locator(".carillon-bell-button").click();
    await page.getByRole("dialog").getByRole("listitem").first().hover();
    await page.getByRole("button", { name: "Delete all", exact: true }).click();
    expect(await axeFindings(page)).toEqual([]);
  });

  it.each(["light", "dark"] as const)(
    "nothing is in the way in any state of a part (%s)",
    async (colorScheme) => {
      const found: Record<string, string[]> = {};
      const bell = await open("offline", { colorScheme });
      const see = async (state: string) => {
        found[state] = await axeFindings(bell);
      };
      const connected = { status: "connected", user: "ada", roles: [], since: 0 } as const;
      for (const state of [
        { status: "connecting", attempt: 1 },
        { ...connected, over: "polling" },
        { status: "disconnected", attempt: 1, reason: "network" },
      ] as const) {
        await bell.evaluate((next) => window.stage.memory.setState(next), state);
        if (state.status === "disconnected") await bell.getByText("No connection").waitFor();
        await see(state.status);
      }
      await bell.locator(".carillon-bell-button").click();
      await see("full");
      for (const status of ["loading", "failed", "ready"] as const) {
        await bell.evaluate((next) => {
          const counts = { total: 0, unread: 0, unseen: 0 };
          window.stage.memory.inbox.set({ status: next, items: [], counts, hasMore: false });
        }, status);
        await see(status);
      }
      const extras = await open("extras", { colorScheme });
      await extras.evaluate(() => window.stage.memory.emit({ event: "certificate:issued" }));
      await extras.locator(".carillon-celebration-word").waitFor();
      found.celebration = await axeFindings(extras);
      found.device = await axeFindings(await open("device", { colorScheme }));
      expect(found).toEqual(Object.fromEntries(Object.keys(found).map((state) => [state, []])));
    },
  );

  it("links of other schemes are not followed, and other directions of writing are mirrored", async () => {
    const page = await open("bell", { count: 0 });
    await page.evaluate(() => {
      document.documentElement.dir = "rtl";
      window.stage.memory.notify({ id: "bad", title: "مرحبا", actionUrl: "javascript:alert(1)" });
    });
    await page.locator(".carillon-bell-button").click();
    const item = page.locator("[data-id=bad]");
    await item.waitFor();
    expect(await item.locator("a").count()).toBe(0);
    const [icon, time] = await Promise.all([
      item.locator(".carillon-type").boundingBox(),
      item.locator("time").boundingBox(),
    ]);
    expect(icon?.x).toBeGreaterThan(time?.x ?? Number.POSITIVE_INFINITY);
    const panel = await page.getByRole("dialog").boundingBox();
    expect(panel?.x).toBeGreaterThanOrEqual(0);
  });

  it.each([
    [360, "th"],
    [900, "vi"],
  ] as const)("it never scrolls sideways (%i pixels wide, %s)", async (width, locale) => {
    const page = await open("everything", { locale, viewport: { width, height: 740 } });
    await notify(page, { id: "wide", title: "unbroken".repeat(30), message: "unbroken".repeat(60) });
    await page.locator(".carillon-bell-button").click();
    await page.getByRole("dialog").locator("[data-id=wide]").waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});

/** A page with one scene, whose notifications have come. */
async function open(
  scene: string,
  options: SceneOptions = {},
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  complaints = [];
  return await openScene(browser, files, scene, options, complaints, prepare);
}

function notify(
  page: Page,
  notification: Partial<InboxNotification> & { readonly id: string },
): Promise<void> {
  return page.evaluate((given) => window.stage.memory.notify(given), notification);
}

function asked(page: Page): Promise<string[]> {
  return page.evaluate(() => window.stage.memory.asked);
}

/** The id of the notification in which the focus is. */
function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.closest<HTMLElement>("[data-id]")?.dataset.id);
}
