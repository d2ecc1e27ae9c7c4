import { describe, expect, test } from "vitest";
import { z } from "zod";
import { startService } from "../support/service.ts";

/** A name that the compiler does not follow: the package need not be installed. */
const LINTER: string = "@redocly/openapi-core";

const problems = z.array(z.looseObject({ ruleId: z.string(), severity: z.string(), message: z.string() }));
const called = z.custom<(given: unknown) => Promise<unknown>>((one) => typeof one === "function");
const linter = z
  .looseObject({ createConfig: called, lintFromString: called })
  .safeParse(await import(/* @vite-ignore */ LINTER).catch(() => undefined));

describe("openapi.json", () => {
  test.skipIf(!linter.success)("passes the linter", async () => {
    if (!linter.success) return;
    const { createConfig, lintFromString } = linter.data;
    const service = await startService();
    try {
      const source = await (await fetch(`${service.url}/openapi.json`)).text();
      const config = await createConfig({ extends: ["recommended"] });
      const found = problems.parse(await lintFromString({ source, config }));
      expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
    } finally {
      await service.stop();
    }
  });
});
