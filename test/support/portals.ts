import type { Browser, BrowserContext, Page } from "playwright-core";
import { FrailLine } from "./frail-line.ts";
import { type Service, startService } from "./service.ts";

/** How a window of the portals is opened. */
export interface WindowOptions {
  /** As the sign-in page calls them. */
  readonly person: string;
  /** Where to go when signed in: `/applications`. The person's first page unless it is said. */
  readonly path?: string;
  readonly language?: "en" | "th" | "vi";
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** A device that has been there before; otherwise it is a new one. */
  readonly context?: BrowserContext;
}

/** A service whose operators and broadcasters are those of the demo. */
export function startPortals(vars: Readonly<Record<string, string>> = {}): Promise<Service> {
  return startService({ vars: { OPERATOR_ROLES: "operator", BROADCAST_ROLES: "admin", ...vars } });
}

/** A new device: a context of its own, with nothing in it. */
export function newDevice(
  browser: Browser,
  options: Omit<WindowOptions, "person"> = {},
): Promise<BrowserContext> {
  const { theme = "light", width = 1280, height = 860, language = "en" } = options;
  return browser.newContext({
    colorScheme: theme,
    viewport: { width, height },
    locale: language,
    timezoneId: "Asia/Bangkok",
    reducedMotion: "reduce",
  });
}

/** Lets a device's pages wait a third of the time from one question to the next, where that is a second or more. */
export async function hasten(device: BrowserContext): Promise<void> {
  await device.addInitScript(() => {
    const wait = window.setTimeout.bind(window);
    const sooner = (then: () => void, ms = 0) => wait(then, ms < 1000 ? ms : ms / 3);
    Object.assign(window, { setTimeout: sooner });
  });
}

/** A device that can lose its network. Chromium's own switch says so to the page, and leaves open sockets alone. */
export class LosableDevice {
  readonly context: BrowserContext;
  /** Where the device finds the service. */
  readonly service: Service;
  readonly #line: FrailLine;

  private constructor(context: BrowserContext, service: Service, line: FrailLine) {
    this.context = context;
    this.service = service;
    this.#line = line;
  }

  static async open(browser: Browser, service: Service): Promise<LosableDevice> {
    const line = await FrailLine.to(service.port);
    const context = await newDevice(browser);
    return new LosableDevice(context, { ...service, url: `http://127.0.0.1:${line.port}` }, line);
  }

  async goOffline(): Promise<void> {
    await this.context.setOffline(true);
    this.#line.drop();
  }

  async comeBack(): Promise<void> {
    await this.context.setOffline(false);
  }

  close(): void {
    this.#line.close();
  }
}

/** Signs somebody of the demo in at a new window, by the page that anybody would do it at, and waits until it is live. */
export async function openWindow(browser: Browser, { url }: Service, options: WindowOptions): Promise<Page> {
  const { person, path, language } = options;
  const context = options.context ?? (await newDevice(browser, options));
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("button", { name: person }).first().click();
  await page.locator(".carillon-connection[data-status=live]").waitFor();
  if (language !== undefined) await page.locator(".language-select").selectOption(language);
  if (path !== undefined) await goTo(page, path);
  return page;
}

/** Goes to another page of the same window, as a link would. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate((there) => {
    location.hash = there;
  }, path);
  await page.locator("#main h1").waitFor();
}

/** Posts events as a backend would. */
export async function post({ url, publishKey }: Service, events: object | readonly object[]): Promise<void> {
  const response = await fetch(`${url}/publish`, {
    method: "POST",
    headers: { Authorization: `Bearer ${publishKey}`, "Content-Type": "application/json" },
    body: JSON.stringify(events),
  });
  if (!response.ok) throw new Error(`The service answered ${response.status}: ${await response.text()}`);
}
