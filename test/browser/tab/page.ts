import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import type { Service } from "../../support/service.ts";

/** ms; what a person would call broken. */
const PATIENCE = 10_000;

/** The page's script, with the client as it is here, and its parts in the same module. */
async function buildPage(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2024",
      lib: { entry: fileURLToPath(new URL("main.ts", import.meta.url)), formats: ["es"] },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const chunks = [result].flat().flatMap((one) => ("output" in one ? one.output : []));
  const isScript = (file: Rolldown.OutputChunk | Rolldown.OutputAsset) => file.type === "chunk";
  return chunks.filter(isScript).map(({ code }) => code)[0] ?? "";
}

/** Opens tabs of one browser, whose pages come from the service's own origin. */
export class Tabs {
  readonly #service: Service;
  readonly #context: BrowserContext;

  private constructor(service: Service, context: BrowserContext) {
    this.#service = service;
    this.#context = context;
  }

  static async in(context: BrowserContext, service: Service): Promise<Tabs> {
    const script = `<!doctype html><title>Tab</title><script type="module">${await buildPage()}</script>`;
    context.setDefaultTimeout(PATIENCE);
    await context.route(`${service.url}/tab?*`, (route) =>
      route.fulfill({ body: script, contentType: "text/html; charset=utf-8" }),
    );
    await context.route(`${service.url}/elsewhere`, (route) =>
      route.fulfill({ body: "<!doctype html><title>Elsewhere</title>", contentType: "text/html" }),
    );
    return new Tabs(service, context);
  }

  /** Opens a tab and waits until it is connected over this. */
  async open(token: string, over: "websocket" | "tab", room?: string): Promise<Page> {
    const page = await this.#context.newPage();
    const query = new URLSearchParams({ token, ...(room !== undefined && { room }) });
    await page.goto(`${this.#service.url}/tab?${query}`);
    await connectedOver(page, over);
    return page;
  }
}

/** Waits until a tab is connected over a socket of its own, or over another tab's. */
export async function connectedOver(page: Page, over: "websocket" | "tab"): Promise<void> {
  await page.waitForFunction((state) => window.tab?.().state === state, `connected ${over}`);
}
