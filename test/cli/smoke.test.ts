import { expect, test } from "vitest";
import { execute } from "../../src/cli/command.ts";
import { smoke } from "../../src/cli/smoke.ts";
import { type Fault, fakeCarillon } from "./fake-carillon.ts";
import { fakeService, freePort } from "./fake-service.ts";
import { freshSurroundings } from "./surroundings.ts";

const key = "dev-only-key-of-the-example";

async function tryService(fault: Fault, argv: readonly string[] = []) {
  const url = await fakeCarillon(key, fault);
  const surroundings = freshSurroundings();
  const code = await execute(smoke, ["--url", url, ...argv], surroundings);
  return { code, ...surroundings };
}

test("passes each step of a service that works", async () => {
  const { code, printed } = await tryService("none");
  expect(printed.join("\n")).not.toContain("✗");
  expect(printed.at(-1)).toMatch(/^18 steps passed in \d+ ms$/);
  expect(code).toBe(0);
});

test.each<{ fault: Fault; step: string; says: string }>([
  { fault: "loses what was missed", step: "resume", says: "third instead of second, third" },
  { fault: "sends it twice", step: "resume", says: "second, third, second, third instead" },
  { fault: "sends it in another order", step: "resume", says: "third, second instead" },
  { fault: "does not recover", step: "resume", says: "recovered is false" },
  { fault: "keeps no inbox", step: "find it in the inbox", says: "not among the newest 0" },
  { fault: "deletes nothing", step: "delete it", says: "still answered with 200" },
  { fault: "takes any token", step: "a bad token is refused", says: "it was welcomed" },
  { fault: "needs no key", step: "a publish without key, too", says: "the answer is 200" },
])("fails at the right step with a service that $fault", async ({ fault, step, says }) => {
  const { code, printed } = await tryService(fault);
  expect(code).toBe(1);
  expect(printed.at(-1)).toContain(`✗ ${step}`);
  expect(printed.at(-1)).toContain(says);
});

test("fails when nobody is told of a mark", async () => {
  const { code, printed } = await tryService("tells nobody of marks", ["--timeout", "1"]);
  expect(code).toBe(1);
  expect(printed.at(-1)).toMatch(/✗ read it .* awaited the entry that tells of it/);
});

test("says what was awaited when the time is over", async () => {
  const { code, printed } = await tryService("never greets", ["--timeout", "1"]);
  expect(code).toBe(1);
  expect(printed.at(-1)).toMatch(
    /✗ connect .* awaited the welcome, but the whole took longer than 1 s \(received: nothing\)$/,
  );
});

test("never prints a key, a secret or a token, even when the service repeats it", async () => {
  const argv = ["--secret", "a-secret", "--timeout", "1"];
  const { printed, complained } = await tryService("repeats the token in its messages", argv);
  const text = [...printed, ...complained].join("\n");
  expect(text).toContain("•••");
  expect(text).not.toMatch(/eyJ|a-secret/);
  expect(text).not.toContain(key);
});

test("fails at the first step where nothing is", async () => {
  const surroundings = freshSurroundings();
  const code = await execute(smoke, ["--url", `http://localhost:${await freePort()}`], surroundings);
  expect(code).toBe(1);
  expect(surroundings.printed).toHaveLength(1);
  expect(surroundings.printed[0]).toMatch(/^✗ health .*did not answer: connect ECONNREFUSED/);
});

test("tells why a service refuses", async () => {
  const service = await fakeService(() => ({
    status: 503,
    body: { code: "not_configured", detail: "JWT_SECRET is missing." },
  }));
  const surroundings = freshSurroundings();
  expect(await execute(smoke, ["--url", service.url], surroundings)).toBe(1);
  expect(surroundings.printed[0]).toContain("refused with 503 not_configured: JWT_SECRET is missing.");
});
