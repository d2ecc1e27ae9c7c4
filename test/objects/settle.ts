import { reset, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterAll, beforeAll } from "vitest";
import { type Settings, settingsOf } from "../../src/config/settings.ts";

// The files of a project share one runtime, and so the settings that its objects read: what a file has changed is put
// back behind it.
let before: Settings;

/** The settings of all objects, which share one environment. */
function readSettings(): Promise<Settings> {
  return runInDurableObject(env.USERS.getByName("settings"), (instance) =>
    settingsOf((instance as unknown as { env: object }).env),
  );
}

beforeAll(async () => {
  before = { ...(await readSettings()) };
});

// The objects of a test file live on after its last test: sockets close, alarms fall due, and each object that wakes asks
// the test runner for its code. A runner that is being taken down refuses, and the whole run fails although every test
// passed. So nothing may be awake by then: the objects go, and with them what would wake them; and one more answer
// comes from the runner, behind those that were under way.
afterAll(async () => {
  await reset();
  Object.assign(await readSettings(), before);
  await exports.default.fetch("http://carillon.test/health");
});
