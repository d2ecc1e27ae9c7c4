import type { Browser } from "playwright-core";
import { certification } from "../support/certification.ts";
import { newDevice, openWindow, post } from "../support/portals.ts";
import type { Service } from "../support/service.ts";

const { created, updated, charged, paid } = certification;
const size = { width: 900, height: 640 };

/**
 * The picture of the README: a farmer's window, an administrator's beside it, and a payment that has just come.
 *
 * @param path where it is written.
 */
export async function drawTwoWindows(browser: Browser, service: Service, path: string): Promise<void> {
  const device = { ...size, theme: "light" } as const;
  await post(service, [created(), updated(), charged()]);
  const people = [
    { person: "Malee Srisuk", path: "/farm" },
    { person: "Anong Wattana", path: "/admin" },
  ];
  const pages = await Promise.all(people.map((one) => openWindow(browser, service, { ...device, ...one })));
  await post(service, [paid()]);
  const celebration = pages[0]?.locator(".carillon-celebration-word");
  await celebration?.waitFor();
  await celebration?.waitFor({ state: "detached" });
  await pages[0]?.getByRole("button", { name: /^Dismiss/ }).click();
  await post(service, [created({ applicationId: "app-2", applicationNumber: "APP-1002" })]);
  await Promise.all([
    pages[0]?.locator(".carillon-toast").first().waitFor(),
    pages[1]?.getByText("APP-1002").first().waitFor(),
  ]);
  const images = [];
  for (const page of pages) {
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(2000);
    images.push((await page.screenshot()).toString("base64"));
  }
  const context = await newDevice(browser, { width: 2 * size.width + 72, height: size.height + 48 });
  const sheet = await context.newPage();
  const windows = images.map((image) => `<img src="data:image/png;base64,${image}">`).join("");
  await sheet.setContent(`<style>
    body { display: flex; gap: 24px; margin: 24px; background: #e9e9f2 }
    img { border-radius: 12px; box-shadow: 0 2px 18px rgb(20 22 40 / 18%) }
  </style>${windows}`);
  await sheet.screenshot({ path });
}
