import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const path = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let source: Promise<string> | undefined;

/**
 * What axe finds wrong on a page, with where it is. Put in as the debugger does, since pages refuse scripts of others.
 *
 * @param rules those alone, by their ids; all unless they are named.
 */
export async function axeFindings(page: Page, rules?: readonly string[]): Promise<string[]> {
  source ??= readFile(path, "utf8");
  // It is large, and stays as long as the page does.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(await source);
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: [...rules] }) };
  const results = await page.evaluate(
    (how): Promise<AxeResults> => Reflect.get(window, "axe").run(document, how),
    options,
  );
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
