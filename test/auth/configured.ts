import { parseSettings, type Settings } from "../../src/config/settings.ts";

/** Settings as a deployer's environment gives them: a JWT secret and a publish key, and what the test adds. */
export function configured(environment: Readonly<Record<string, string>> = {}): Settings {
  const result = parseSettings({
    JWT_SECRET: "first-secret-of-the-test,second-secret-of-the-test",
    PUBLISH_KEYS: "shop:shop-key-0123456789,clinic:clinic:key:0123456789",
    ...environment,
  });
  if (result.ok) return result.settings;
  throw new Error(`Not configured: ${JSON.stringify(result.problems)}`);
}
