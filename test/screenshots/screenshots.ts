import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { newDevice, openWindow, post, startPortals } from "../support/portals.ts";
import { shots } from "./shots.ts";
import { drawTwoWindows } from "./two-windows.ts";

// `npm run screenshots`: a picture of each page of the portals in light, dark and on a phone, in dist/screenshots.
// `-- --only shop,queue` takes those alone whose name begins so; `-- --looks light,phone` those looks;
// `-- --readme` draws docs/portals.png instead.

const looks = {
  light: { theme: "light", width: 1280, height: 860 },
  dark: { theme: "dark", width: 1280, height: 860 },
  phone: { theme: "light", width: 390, height: 780 },
} as const;

const { values } = parseArgs({
  options: { only: { type: "string" }, looks: { type: "string" }, readme: { type: "boolean" } },
});
const only = values.only?.split(",");
const chosen = shots.filter(
  ({ name }) => !values.readme && (!only || only.some((begin) => name.startsWith(begin))),
);
const wanted = values.looks?.split(",");
const folder = fileURLToPath(new URL("../../dist/screenshots", import.meta.url));

await mkdir(folder, { recursive: true });
const service = await startPortals();
const browser = await launchChromium();
try {
  if (values.readme) {
    await drawTwoWindows(browser, service, fileURLToPath(new URL("../../docs/portals.png", import.meta.url)));
  }
  for (const { name, as, after, act } of chosen) {
    if (after) await post(service, after);
    for (const [look, how] of Object.entries(looks)) {
      if (wanted && !wanted.includes(look)) continue;
      const context = await newDevice(browser, how);
      const page = await openPage(context, as);
      await act?.(page);
      await settled(page);
      await page.screenshot({ path: join(folder, `${name}-${look}.png`) });
      await context.close();
      console.log(`${name}-${look}.png`);
    }
  }
} finally {
  await browser.close();
  await service.stop();
}

async function openPage(context: Awaited<ReturnType<typeof newDevice>>, as: (typeof shots)[number]["as"]) {
  if (as) return await openWindow(browser, service, { ...as, context });
  const page = await context.newPage();
  await page.goto(service.url);
  await page.getByRole("button").first().waitFor();
  return page;
}

/** The typeface is there, and what fades has faded. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
}
