import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fakeService, KEY, stored } from "./backend.ts";

// The package as a backend of another repository has it: what is built, found by its name, in a folder somewhere else.

const repository = resolve(import.meta.dirname, "../..");
const tsc = join(repository, "node_modules/typescript/bin/tsc");
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "carillon-publisher-"));
  const carillon = join(folder, "node_modules/carillon");
  mkdirSync(carillon, { recursive: true });
  cpSync(join(repository, "package.json"), join(carillon, "package.json"));
  const config = join(repository, "src/publisher/tsconfig.json");
  expect(await run(tsc, "-p", config, "--outDir", join(carillon, "dist/lib"))).toEqual({ code: 0, said: "" });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script with this Node, in the folder, and gives what it said. */
async function run(...argv: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, argv, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  return { code: await promise, said };
}

test("is imported by its name and publishes, with nothing else installed", async () => {
  const service = await fakeService(stored);
  const script = `
    import { createPublisher, PublishError, requireEveryTarget } from "carillon/publisher";
    const carillon = createPublisher({ url: ${JSON.stringify(service.url)}, key: ${JSON.stringify(KEY)} });
    const result = await carillon.publish({ id: "e1", event: "greeting", to: { users: ["42"] } });
    console.log(requireEveryTarget(result).targets[0].status, typeof PublishError);
  `;
  writeFileSync(join(folder, "backend.mjs"), script);
  expect(await run("backend.mjs")).toEqual({ code: 0, said: "stored function\n" });
  expect(service.asked).toHaveLength(1);
});

test("brings the types of the known events along", async () => {
  // The types are those of the schemas.
  symlinkSync(join(repository, "node_modules/zod"), join(folder, "node_modules/zod"), "junction");
  const options = {
    module: "nodenext",
    target: "es2022",
    strict: true,
    noEmit: true,
    types: [],
    lib: ["es2022", "dom"],
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: options, files: ["backend.mts"] }),
  );
  const backend = (message: string) => `
    import { createPublisher } from "carillon/publisher";
    const carillon = createPublisher({ url: "https://carillon.example", key: "a-key" });
    await carillon.publish({ event: "system:announcement", data: { title: "Now", message: ${message} } });
  `;
  writeFileSync(join(folder, "backend.mts"), backend('"Hear"'));
  expect(await run(tsc, "-p", ".")).toEqual({ code: 0, said: "" });
  writeFileSync(join(folder, "backend.mts"), backend("42"));
  const { code, said } = await run(tsc, "-p", ".");
  expect(code).not.toBe(0);
  expect(said).toContain("Type 'number' is not assignable to type 'string'.");
});
