import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build, type Rolldown } from "vite";

/** ms; what a person would call broken. */
const PATIENCE = 5000;

/** An address that is a secure context; nothing listens there, the pages come from memory. */
const ORIGIN = "http://localhost:8";

/** The stage as a browser gets it: its files by their paths, with React as it is while one develops, which is stricter. */
export async function buildStage(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const root = fileURLToPath(new URL("../page", import.meta.url));
  const result = await build({
    root,
    configFile: false,
    mode: "development",
    logLevel: "error",
    define: { "process.env.NODE_ENV": JSON.stringify("development") },
    build: { write: false, minify: false, modulePreload: false, target: "es2024" },
  });
  const outputs = [result].flat().filter((one): one is Rolldown.RolldownOutput => "output" in one);
  return new Map(
    outputs
      .flatMap(({ output }) => output)
      .map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]),
  );
}

export interface SceneOptions extends BrowserContextOptions {
  readonly locale?: string;
  /** How many notifications there are; the samples unless it is said. */
  readonly count?: number;
  /** Whether the page comes from a server and is taken over. */
  readonly isHydrated?: boolean;
}

/** A page that shows one scene. What its console complains about is pushed to `complaints`; `prepare` runs before it loads. */
export async function openScene(
  browser: Browser,
  files: ReadonlyMap<string, string | Uint8Array>,
  scene: string,
  { locale, count, isHydrated, ...options }: SceneOptions,
  complaints: string[],
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const page = await browser.newPage({ reducedMotion: "reduce", ...options });
  page.setDefaultTimeout(PATIENCE);
  page.on("console", (message) => {
    if (/error|warning/.test(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.route("**/*", (route) => {
    const { pathname } = new URL(route.request().url());
    const body = files.get(pathname === "/" ? "/index.html" : pathname);
    if (body === undefined) return route.fulfill({ status: 204 });
    const text = typeof body === "string" ? body : Buffer.from(body);
    return route.fulfill({ body: text, contentType: typeOf(pathname) });
  });
  await prepare?.(page);
  const query = new URLSearchParams({ scene });
  if (locale !== undefined) query.set("locale", locale);
  if (count !== undefined) query.set("count", String(count));
  if (isHydrated) query.set("hydrate", "");
  await page.goto(`${ORIGIN}/?${query}`);
  return page;
}

function typeOf(path: string): string {
  if (path.endsWith(".js")) return "text/javascript";
  return path.endsWith(".css") ? "text/css" : "text/html; charset=utf-8";
}
