import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { portProblem } from "../../src/cli/port.ts";
import { freePort } from "./fake-service.ts";

// What a new user does, in a copy of the repository that has nothing but what is committed and what npm installed.

const repository = resolve(import.meta.dirname, "../..");
const committed = ["package.json", "wrangler.toml", "tsconfig.json", ".dev.vars.example", "src"];

let clone: string;
let port: number;
let running: ChildProcess | undefined;

beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), "carillon-clone-"));
  for (const name of committed) cpSync(join(repository, name), join(clone, name), { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(clone, "node_modules"), "junction");
  port = await freePort();
});

afterEach(async () => {
  running?.kill("SIGTERM");
  running = undefined;
  await vi.waitFor(
    async () => expect(await portProblem(port), "the port of the ended service was awaited").toBeUndefined(),
    { timeout: 15_000, interval: 100 },
  );
});

afterAll(() => rmSync(clone, { recursive: true, force: true }));

/** Runs `npm start` until it says that it is ready, and returns what it said. */
async function npmStart(...argv: string[]): Promise<string> {
  const npm = spawn("npm", ["start", "--", ...argv], {
    cwd: clone,
    env: { ...process.env, PORT: String(port) },
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = npm;
  let said = "";
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  await vi.waitFor(
    () => {
      if (npm.exitCode !== null) throw new Error(`npm start ended:\n${said}`);
      expect(said, "the end of the banner was awaited").toContain("Ctrl-C ends it.");
    },
    { timeout: 120_000, interval: 100 },
  );
  return said;
}

/** Runs one of the commands and returns its exit code and what it printed. */
async function run(command: string, ...argv: string[]): Promise<{ code: unknown; text: string }> {
  const child = spawn(process.execPath, [join(clone, "src/cli", `${command}.ts`), ...argv], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const [code] = await once(child, "close");
  return { code, text };
}

test("npm start serves what the printed lines say, and keeps what was stored until --fresh", {
  timeout: 300_000,
}, async () => {
  const said = await npmStart();
  expect(said).toContain("Wrote .dev.vars from .dev.vars.example");
  expect(existsSync(join(clone, ".dev.vars"))).toBe(true);

  const [, url = "", authorization = "", body = ""] =
    /^curl -X POST (\S+) -H 'Authorization: (.*?)' -H .* -d '(.*)'$/m.exec(said) ?? [];
  const answer = await fetch(url, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body,
  });
  expect([answer.status, await answer.text()]).toEqual([
    200,
    expect.stringContaining('"channel":"user:demo"'),
  ]);

  for (const address of [`http://localhost:${port}`, `http://127.0.0.1:${port}`]) {
    const { code, text } = await run("smoke", "--url", address);
    expect(code, text).toBe(0);
  }
  expect((await run("health", "--url", `http://localhost:${port}`)).code).toBe(0);

  const greet = ["--url", `http://localhost:${port}`, "--user", "demo", "--event", "greeting"];
  expect((await run("publish", ...greet)).text).toContain("offset 2");

  // Only npm is told, as a process manager would; everything below it has to go.
  running?.kill("SIGTERM");
  await vi.waitFor(
    async () => expect(await portProblem(port), "the end of the service was awaited").toBeUndefined(),
    { timeout: 15_000, interval: 100 },
  );
  expect(await npmStart()).not.toContain("Wrote .dev.vars");
  expect((await run("publish", ...greet)).text).toContain("offset 3");

  const refused = await run("start", "--fresh");
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining(`Port ${port} cannot be used`) });
  expect((await run("publish", ...greet)).text).toContain("offset 4");
});

test("npm start -- --fresh --https forgets what was stored and serves wss", {
  timeout: 200_000,
}, async () => {
  const said = await npmStart("--fresh", "--https");
  expect(said).toContain(`curl -k -X POST https://localhost:${port}/publish`);
  const url = `https://localhost:${port}`;
  const greet = ["--url", url, "--user", "demo", "--event", "greeting"];
  expect((await run("publish", ...greet)).text).toContain("offset 1");
  const { code, text } = await run("smoke", "--url", url);
  expect(code, text).toBe(0);
});
