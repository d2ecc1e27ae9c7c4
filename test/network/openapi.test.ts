import { createConfig, lintFromString } from "@redocly/openapi-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Service, startService } from "../support/service.ts";

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test("openapi.json passes the linter", async () => {
  const source = await (await fetch(`${service.url}/openapi.json`)).text();
  const config = await createConfig({ extends: ["recommended"] });
  const found = await lintFromString({ source, config });
  // An upgrade answers 101 and nothing else.
  const upgrades = ["/connect", "/rooms/{room}/connect"].map((path) => path.replaceAll("/", "~1"));
  expect(found.map(({ ruleId, location }) => [ruleId, location[0]?.pointer])).toEqual(
    upgrades.map((path) => ["operation-2xx-response", `#/paths/${path}/get/responses`]),
  );
});
