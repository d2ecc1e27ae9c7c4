import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { SignJWT } from "jose";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Client, createClient } from "../../src/client/index.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Service, startService } from "../support/service.ts";
import { userToken } from "../support/token.ts";

/** ms; what a person would call broken. Playwright's message names what was awaited. */
const PATIENCE = 10_000;

/** What the page of another origin has. */
interface Carillon {
  readonly createClient: typeof createClient;
  readonly client: Client;
}

let browser: Browser;
let service: Service;
/** What the page's console complained about, refusals by its content policy among them. */
let complaints: string[];

beforeAll(async () => {
  [browser, service] = await Promise.all([
    launchChromium(),
    startService({ vars: { ALLOWED_ORIGINS: "*" } }),
  ]);
});

afterAll(async () => {
  await Promise.all([browser?.close(), service?.stop()]);
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

describe("the inspector in development", () => {
  it("shows an event that a backend posts, with its channel and offset", async () => {
    const page = await open(service);
    await connectAs(page, "ada");
    await publish(service, { event: "payment:confirmed", data: { amount: 5000 }, to: { users: ["ada"] } });

    const row = rows(page, "payment:confirmed");
    await row.waitFor();
    expect(await row.locator(".type").textContent()).toBe("event");
    expect(await row.locator(".channel").textContent()).toBe("user:ada");
    expect(await row.locator(".offset").textContent()).toBe("#1");
    expect(await row.locator(".data").textContent()).toBe('{ "amount": 5000 }');
    expect(await page.locator("#position").textContent()).toMatch(/^\w+\.1$/);
    expect(complaints).toEqual([]);
  });

  it("follows a room, publishes to it and leaves it", async () => {
    const page = await open(service);
    await connectAs(page, "bo");
    await follow(page, "room:followed");

    await page.getByLabel("Event").fill("chime");
    await page.getByLabel("Data (JSON)").fill('{ "strokes": 12 }');
    await page.getByLabel("Target kind").selectOption("channel");
    expect(await page.getByLabel("Target channel").inputValue()).toBe("room:followed");
    await page.getByRole("button", { name: "Publish", exact: true }).click();

    await page.getByText("offset 1 · 1 connection").waitFor();
    const row = rows(page, "chime");
    await row.waitFor();
    expect(await row.locator(".channel").textContent()).toBe("room:followed");
    expect(await row.locator(".offset").textContent()).toBe("#1");

    await page.getByRole("button", { name: "Leave room:followed" }).click();
    await rows(page, "unsubscribed").waitFor();
    await page.getByRole("button", { name: "Leave room:followed" }).waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  it("replays what was missed, in the user's log and in a room, when it reconnects with since", async () => {
    const page = await open(service);
    await connectAs(page, "cy");
    await follow(page, "room:resumed");
    const to = { users: ["cy"], channels: ["room:resumed"] };
    await publish(service, { event: "earlier", to });
    await rows(page, "earlier").nth(1).waitFor();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByRole("status").filter({ hasText: "Disconnected" }).waitFor();
    await publish(service, { event: "missed", to });
    await page.getByRole("button", { name: "Clear list" }).click();

    await page.getByRole("button", { name: "Reconnect with since" }).click();
    await rows(page, "missed").nth(1).waitFor();
    await rows(page, "live").nth(1).waitFor();
    const missed = await rows(page, "missed").locator(".channel, .offset").allTextContents();
    expect(missed.toSorted()).toEqual(["#2", "#2", "room:resumed", "user:cy"]);
    expect(await rows(page, "earlier").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("starts at the top when it connects anew", async () => {
    await publish(service, { event: "old", to: { users: ["dee"] } });
    const page = await open(service);
    await connectAs(page, "dee");
    await publish(service, { event: "new", to: { users: ["dee"] } });
    await rows(page, "new").waitFor();
    expect(await rows(page, "new").locator(".offset").textContent()).toBe("#2");
    expect(await rows(page, "old").count()).toBe(0);
  });

  it("shows a refused room as an error frame and stays connected", async () => {
    const page = await open(service);
    await connectAs(page, "eve");
    await page.getByLabel("Room", { exact: true }).fill("clinic:7:queue");
    await page.getByRole("button", { name: "Follow" }).click();
    const row = rows(page, "forbidden");
    await row.waitFor();
    expect(await row.locator(".channel").textContent()).toBe("clinic:7:queue");
    await page.getByText("Connected as eve").waitFor();
  });

  it("takes roles and tenants into the token", async () => {
    const page = await open(service);
    await page.getByLabel("Roles").fill("AUDITOR, admin");
    await page.getByLabel("Tenants").fill("7");
    await connectAs(page, "fay");
    const welcome = rows(page, "welcome");
    expect(await welcome.textContent()).toContain('[ "auditor", "admin" ]');
    await follow(page, "clinic:7:queue");
  });

  it("says what is wrong with data that is not JSON, and publishes nothing", async () => {
    const page = await open(service);
    await connectAs(page, "gus");
    await page.getByLabel("Data (JSON)").fill("{ text: 1 }");
    await page.getByText("This is not JSON.").waitFor();
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    expect(await page.getByLabel("Data (JSON)").evaluate((field) => field === document.activeElement)).toBe(
      true,
    );

    await page.getByLabel("Data (JSON)").fill('"now it is"');
    await page.getByText("This is not JSON.").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await rows(page, "now it is").waitFor();
    expect(await rows(page, "greeting").count()).toBe(1);
  });

  it("shows what a server sends as text, never as markup", async () => {
    const page = await open(service);
    await connectAs(page, "hal");
    const markup = '<img src="x" alt="broken"><script>document.title = "taken"</script>';
    await publish(service, { event: "markup", data: markup, to: { users: ["hal"] } });
    await rows(page, "markup").waitFor();
    expect(await rows(page, "markup").locator(".data").textContent()).toBe(JSON.stringify(markup));
    const notification = { type: markup.slice(0, 20), title: markup, message: markup, actionText: markup };
    await publish(service, { event: "noted", to: { users: ["hal"] }, notification });
    await rows(page, "notification:new").waitFor();
    const shown = JSON.parse((await rows(page, "notification:new").locator(".data").textContent()) ?? "");
    expect(shown).toMatchObject(notification);
    expect(await page.getByAltText("broken").count()).toBe(0);
    expect(await page.title()).toBe("Carillon inspector");
  });

  it("shows the command that publishes what the form holds, quoted for a shell", async () => {
    const page = await open(service);
    await connectAs(page, "o'hara");
    await page.getByLabel("Data (JSON)").fill("");
    const command = await page.locator("#curl").textContent();
    expect(command).toContain(`curl '${service.url}/publish'`);
    expect(command).toContain('"Authorization: Bearer $PUBLISH_KEY"');
    expect(command).toContain(`'{"event":"greeting","to":{"users":["o'\\''hara"]}}'`);
  });

  it("tells that a newer connection of the same client took over", async () => {
    const page = await open(service);
    await connectAs(page, "ida");
    const client = await page.locator("#client").textContent();
    const response = await fetch(`${service.url}/dev/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ userId: "ida" }),
    });
    const { token } = z.object({ token: z.string() }).parse(await response.json());
    const newer = new WebSocket(`${service.wsUrl}/connect?client=${client}&token=${token}`, "carillon.v1");
    await page
      .getByRole("alert")
      .filter({ hasText: "a newer connection of the same client took over" })
      .waitFor();
    await page.getByText("Closed: replaced").waitFor();
    await rows(page, "Closed with 1001 replaced").waitFor();
    newer.close();
  });
});

describe("the inspector under load and in little space", () => {
  it("keeps the newest 500 frames of a flood, newest on top", async () => {
    const page = await open(service);
    await connectAs(page, "kim");
    for (let batch = 0; batch < 6; batch++) {
      const events = Array.from({ length: 100 }, (_, index) => {
        return { event: `flood-${batch * 100 + index + 1}`, to: { users: ["kim"] } };
      });
      await publish(service, events);
    }
    await page.getByRole("log").getByText("flood-600", { exact: true }).waitFor();
    // 600 events and the welcome.
    await page.getByText("601 frames, newest 500 shown").waitFor();
    const events = await page.getByRole("log").locator(".event").allTextContents();
    expect(events).toEqual(Array.from({ length: 500 }, (_, index) => `flood-${600 - index}`));
    expect(await page.getByText(/^(gap|repeat)$/).count()).toBe(0);
    expect(await page.locator("#position").textContent()).toMatch(/\.600$/);
  });

  it.each([
    ["light", 360],
    ["dark", 360],
    ["light", 900],
  ] as const)("never scrolls sideways (%s, %i pixels wide)", async (colorScheme, width) => {
    const page = await open(service, { colorScheme, viewport: { width, height: 700 } });
    const user = `${"long-name".repeat(14)}-${width}`.slice(-120) + colorScheme;
    await connectAs(page, user);
    const room = `room:${"a-very-long-room-".repeat(10)}`;
    await follow(page, room);
    const data = {
      text: "unbroken".repeat(100),
      lines: Array.from({ length: 60 }, (_, index) => `line ${index}`),
    };
    await publish(service, { event: "wide", data, to: { users: [user], channels: [room] } });
    await rows(page, "wide").nth(1).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it("moves nothing else when frames arrive", async () => {
    const page = await open(service);
    await connectAs(page, "lou");
    const place = () => page.locator(".publish").boundingBox();
    const before = await place();
    await publish(service, { event: "still", data: { text: "x".repeat(3000) }, to: { users: ["lou"] } });
    await rows(page, "still").waitFor();
    expect(await place()).toEqual(before);
  });
});

describe("the inspector in production", () => {
  const jwtSecret = "a-secret-of-the-tests-for-production";
  const publishKey = "a-publish-key-of-the-tests";
  let production: Service;

  beforeAll(async () => {
    production = await startService({
      vars: { ENVIRONMENT: "production", JWT_SECRET: jwtSecret, PUBLISH_KEYS: `tests:${publishKey}` },
    });
  });

  afterAll(() => production?.stop());

  it("takes a pasted token and a publish key instead of the development routes", async () => {
    const page = await open(production);
    const token = await new SignJWT({ sub: "jo" })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime("5m")
      .sign(new TextEncoder().encode(jwtSecret));
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("Connected as jo").waitFor();
    await page.getByLabel("Publish key").fill("not the key");
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "401 unauthorized" }).waitFor();
    await page.getByLabel("Publish key").fill(publishKey);
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await rows(page, "greeting").waitFor();
    expect(await rows(page, "greeting").locator(".channel").textContent()).toBe("user:jo");
  });

  it("shows the code, the reason and the verdict when the token is refused", async () => {
    const page = await open(production);
    await page.getByLabel("Token").fill("not.a.token");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    const verdict = page.getByRole("alert").filter({ hasText: "Closed with 1008 unauthorized" });
    await verdict.waitFor();
    expect(await verdict.textContent()).toContain("A client fetches a new token, then reconnects.");
    expect(await rows(page, "close").first().textContent()).toContain("1008");
  });
});

describe("a page of another origin", () => {
  it("imports the client from the service, and two of its tabs share a connection", async () => {
    complaints = [];
    const example = await readFile("test/client/examples/page.html", "utf8");
    const body = example.replaceAll("https://carillon.example", service.url);
    await using elsewhere = createServer(async ({ url }, answer) => {
      if (url === "/api/token") answer.end(await userToken(service, { sub: "kim" }));
      else answer.setHeader("Content-Type", "text/html").end(body);
    });
    await new Promise<void>((listening) => elsewhere.listen(0, "127.0.0.1", listening));
    const address = elsewhere.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const context = await browser.newContext();
    const tab = async (state: string) => {
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(`http://localhost:${port}`);
      await page.getByRole("status").filter({ hasText: state }).waitFor();
      return page;
    };
    const [one, other] = [await tab("websocket"), await tab("tab")];
    const greet = (text: string) =>
      publish(service, { event: "greeting", data: { text }, to: { users: ["kim"] } });
    await greet("Hello");
    for (const page of [one, other]) await page.getByRole("listitem").filter({ hasText: "Hello" }).waitFor();
    await one.close();
    await greet("Still there");
    await other.getByRole("listitem").filter({ hasText: "Still there" }).waitFor();
    await other.getByRole("status").filter({ hasText: "websocket" }).waitFor();
    expect(await other.getByRole("listitem").allTextContents()).toEqual(["Hello", "Still there"]);
    expect(complaints).toEqual([]);
  });

  it("brings its parts to a page of any origin when they are needed: the inbox, who is in a room, polling", async () => {
    complaints = [];
    await using elsewhere = createServer((_, answer) => {
      const script = `import * as carillon from "${service.url}/client.js"; Object.assign(globalThis, carillon);`;
      answer
        .setHeader("Content-Type", "text/html")
        .end(`<!doctype html><script type="module">${script}</script>`);
    });
    await new Promise<void>((listening) => elsewhere.listen(0, "127.0.0.1", listening));
    const address = elsewhere.address();
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => complaints.push(error.message));
    const parts: string[] = [];
    page.on("response", (response) => {
      const [, part] = /\/client\/([a-z-]+)-[\w-]{8}\.js$/.exec(response.url()) ?? [];
      if (part) parts.push(part);
    });
    await page.goto(`http://localhost:${typeof address === "object" ? address?.port : 0}`);
    await publish(service, {
      event: "greeting",
      to: { users: ["lou"] },
      notification: { type: "t", title: "Before", message: "M" },
    });
    const token = await userToken(service, { sub: "lou", tenants: ["7"] });
    await page.evaluate(
      ([url, token]) =>
        new Promise((connected) => {
          const { createClient } = globalThis as unknown as Carillon;
          const client = createClient({ url, getToken: () => token, shareTabs: false });
          client.listen(
            "state",
            ({ status }) => status === "connected" && connected(Object.assign(globalThis, { client })),
          );
          client.connect();
        }).then(() => undefined),
      [service.url, token] as const,
    );
    expect(parts).toEqual([]);
    const told = await page.evaluate(async () => {
      const { client } = globalThis as unknown as Carillon;
      const room = client.channel("clinic:7:elsewhere");
      await room.subscribe();
      await room.presence.set("here");
      await client.inbox.load();
      const titles = client.inbox.get().items.map(({ title }) => title);
      return [titles, [...room.presence.get().members], (await room.history()).events];
    });
    expect(told).toEqual([["Before"], [["lou", "here"]], []]);
    const over = await page.evaluate(
      ([url, token]) =>
        new Promise((settle) => {
          const { createClient } = globalThis as unknown as Carillon;
          const reconnect = { minDelay: 10, maxDelay: 20 };
          const platform = { WebSocket: undefined };
          const poller = createClient({ url, getToken: () => token, shareTabs: false, reconnect, platform });
          poller.listen("state", (state) => state.status === "connected" && settle(state.over));
          poller.connect();
        }),
      [service.url, token] as const,
    );
    expect(over).toBe("polling");
    expect([...new Set(parts)].sort()).toEqual(["http", "inbox", "outbox", "poll-line", "rooms"]);
    expect(complaints).toEqual([]);
  });
});

async function open({ url }: Service, options: BrowserContextOptions = {}): Promise<Page> {
  complaints = [];
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE);
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${url}/inspector`);
  // The page asks first in which environment it is.
  await page.getByText(/^(development|production) · /).waitFor();
  return page;
}

async function connectAs(page: Page, user: string): Promise<void> {
  await page.getByLabel("User id").fill(user);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByText(`Connected as ${user}`).waitFor();
  await rows(page, "welcome").waitFor();
}

async function follow(page: Page, room: string): Promise<void> {
  await page.getByLabel("Room", { exact: true }).fill(room);
  await page.getByRole("button", { name: "Follow" }).click();
  await page.getByRole("button", { name: `Leave ${room}` }).waitFor();
}

/** The rows of the list of frames in which a text stands. */
function rows(page: Page, text: string): Locator {
  return page.getByRole("log").getByRole("listitem").filter({ hasText: text });
}

/** Publishes as a backend does, and fails unless every target took it. */
async function publish({ url, publishKey }: Service, event: object): Promise<void> {
  const response = await fetch(`${url}/publish`, {
    method: "POST",
    headers: { authorization: `Bearer ${publishKey}`, "content-type": "application/json" },
    body: JSON.stringify(event),
  });
  const answer = await response.text();
  expect(response.status, answer).toBe(200);
  expect(answer).not.toContain('"failed"');
}
