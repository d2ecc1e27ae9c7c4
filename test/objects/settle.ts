import { reset } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterAll } from "vitest";

// The objects of a test file live on after its last test: sockets close, alarms fall due, and each object that wakes asks
// the test runner for its code. A runner that is being taken down refuses, and the whole run fails although every test
// passed. So nothing may be awake by then: the objects go, and with them what would wake them; and one more answer
// comes from the runner, behind those that were under way.
afterAll(async () => {
  await reset();
  await exports.default.fetch("http://carillon.test/health");
});
