import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { curlLine } from "../../src/cli/banner.ts";
import { execute } from "../../src/cli/command.ts";
import { portProblem } from "../../src/cli/port.ts";
import { start } from "../../src/cli/start.ts";
import { freePort, portOf } from "./fake-service.ts";
import { freshSurroundings, type TestSurroundings } from "./surroundings.ts";

/**
 * A stand-in for wrangler: starts a child of its own, as wrangler does, and serves `GET /health`. The child listens on
 * a port too, which tells whether it is still there.
 */
const healthy = `
const { spawn } = require("node:child_process");
const { writeFileSync } = require("node:fs");
const { createServer } = require("node:http");
const listen = "require('node:net').createServer().listen(+process.env.CHILD_PORT, '127.0.0.1')";
if (process.env.CHILD_PORT) spawn(process.execPath, ["-e", listen], { stdio: "ignore" });
writeFileSync("started.json", JSON.stringify({ args: process.argv.slice(2), pid: process.pid }));
console.log("building the pages");
console.error("a warning");
let asked = 0;
createServer((request, response) => {
  asked += 1;
  response.end(JSON.stringify(asked < 3 ? {} : { ok: true, name: "carillon" }));
  if (asked === 3) setTimeout(() => console.log("GET /health 200"), 50);
}).listen(process.argv[process.argv.indexOf("--port") + 1], "127.0.0.1");
`;

function install(surroundings: TestSurroundings, wrangler: string): void {
  const bin = join(surroundings.directory, "node_modules/wrangler/bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "wrangler.js"), wrangler);
}

const started = z.object({ args: z.array(z.string()), pid: z.number() });

function whatStarted({ directory }: TestSurroundings): z.output<typeof started> {
  return started.parse(JSON.parse(readFileSync(join(directory, "started.json"), "utf8")));
}

function untilPort(port: number, state: "used" | "free"): Promise<void> {
  return vi.waitFor(
    async () => {
      const found = (await portProblem(port)) === undefined ? "free" : "used";
      expect(found, `port ${port} was awaited to be ${state}`).toBe(state);
    },
    { timeout: 10_000, interval: 20 },
  );
}

function untilPrinted({ printed }: TestSurroundings, text: string): Promise<void> {
  return vi.waitFor(() => expect(printed.join("\n"), `the line "${text}" was awaited`).toContain(text), {
    timeout: 10_000,
    interval: 20,
  });
}

function keepState({ directory }: TestSurroundings): string {
  const state = join(directory, ".wrangler/state/v3/do");
  mkdirSync(state, { recursive: true });
  return state;
}

test("refuses a port that is in use, and neither writes nor deletes anything", async () => {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  onTestFinished(() => void server.close());
  const port = portOf(server.address());

  const surroundings = freshSurroundings(undefined, { PORT: String(port) });
  const state = keepState(surroundings);
  expect(await execute(start, ["--fresh"], surroundings)).toBe(1);
  expect(surroundings.complained.join()).toContain(`Port ${port} cannot be used`);
  expect(surroundings.complained.join()).toMatch(/PORT=\d+ npm start/);
  expect(existsSync(join(surroundings.directory, ".dev.vars"))).toBe(false);
  expect(existsSync(state)).toBe(true);
});

test("starts wrangler, tells what to copy when it is ready, and ends it with all its processes", async () => {
  const port = await freePort();
  const childPort = await freePort();
  const surroundings = freshSurroundings(undefined, { PORT: String(port), CHILD_PORT: String(childPort) });
  install(surroundings, healthy);
  const state = keepState(surroundings);
  const ended = execute(start, ["--", "--log-level", "debug"], surroundings);
  await untilPrinted(surroundings, "Carillon is ready");
  await untilPrinted(surroundings, "GET /health 200");

  await untilPort(childPort, "used");

  const { args } = whatStarted(surroundings);
  expect(args).toEqual(expect.arrayContaining(["dev", "--port", String(port), "--log-level", "debug"]));
  const text = surroundings.printed.join("\n");
  expect(text).toContain("Wrote .dev.vars");
  expect(text).toContain(`http://localhost:${port}`);
  expect(text).toContain(curlLine(`http://localhost:${port}`, "dev-only-key-of-the-example", "demo"));
  const [jwt = ""] = text.split("\n").filter((line) => line.startsWith("eyJ"));
  expect(decodeJwt(jwt)).toMatchObject({ sub: "demo", roles: ["member"] });
  // What wrangler says while it starts is left out, unless it complains.
  expect(text).not.toContain("building the pages");
  expect(surroundings.complained).toContain("a warning");
  expect(existsSync(state)).toBe(true);

  surroundings.stopNow();
  expect(await ended).toBe(0);
  await untilPort(port, "free");
  await untilPort(childPort, "free");
});

test("forgets what was stored with --fresh", async () => {
  const surroundings = freshSurroundings(undefined, { PORT: String(await freePort()) });
  install(surroundings, healthy);
  const state = keepState(surroundings);
  const ended = execute(start, ["--fresh"], surroundings);
  await untilPrinted(surroundings, "Carillon is ready");
  expect(existsSync(state)).toBe(false);
  surroundings.stopNow();
  expect(await ended).toBe(0);
});

test("shows everything that wrangler said when it does not start", async () => {
  const surroundings = freshSurroundings(undefined, { PORT: String(await freePort()) });
  install(surroundings, `console.log("building"); console.error("no such module"); process.exitCode = 7;`);
  expect(await execute(start, [], surroundings)).toBe(1);
  expect(surroundings.printed).toContain("building");
  expect(surroundings.complained).toContain("no such module");
  expect(surroundings.complained).toContain("The service did not start: wrangler ended with code 7.");
});

test("ends with 1 when wrangler ends by itself", async () => {
  const surroundings = freshSurroundings(undefined, { PORT: String(await freePort()) });
  install(surroundings, `${healthy}\nprocess.on("SIGUSR2", () => process.exit(3));`);
  const ended = execute(start, [], surroundings);
  await untilPrinted(surroundings, "Carillon is ready");
  process.kill(whatStarted(surroundings).pid, "SIGUSR2");
  expect(await ended).toBe(1);
  expect(surroundings.complained).toContain("wrangler ended with code 3.");
});

test("stops while it still waits for the service", async () => {
  const surroundings = freshSurroundings(undefined, { PORT: String(await freePort()) });
  install(surroundings, `setInterval(() => {}, 1000); console.error("waiting");`);
  const ended = execute(start, [], surroundings);
  await vi.waitFor(() => expect(surroundings.complained, "the warning was awaited").toContain("waiting"), {
    timeout: 5_000,
  });
  surroundings.stopNow();
  expect(await ended).toBe(0);
});

test("says at once which setting the service lacks", async () => {
  const surroundings = freshSurroundings(
    { ".dev.vars": "ENVIRONMENT=development\nJWT_SECRET=dev-only-secret" },
    { PORT: String(await freePort()) },
  );
  expect(await execute(start, [], surroundings)).toBe(1);
  expect(surroundings.complained.join()).toContain("PUBLISH_KEYS");
});

test("the line to copy is one line that a shell takes as it is", () => {
  const line = curlLine("https://localhost:8787", "dev-only-it's", "demo");
  expect(line).not.toContain("\n");
  expect(line).toContain("curl -k -X POST https://localhost:8787/publish");
  expect(line).toContain(`'Authorization: Bearer dev-only-it'\\''s'`);
  expect(line).toContain(`-d '{"event":"greeting","data":{"text":"Hello"},"to":{"users":["demo"]}}'`);
});
