import { execFile } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { Shop } from "./shop.ts";

// What `npm pack` gives, installed without a network by a project that has nothing of this repository's.

const repository = resolve(import.meta.dirname, "../..");
const modules = join(repository, "node_modules");
const packed = ["package.json", "README.md", "tsconfig.json", "src"];

let folder: string;
/** A copy of the repository, so that nobody's `dist` is in the way. */
let source: string;
let app: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "carillon-package-"));
  [source, app] = [join(folder, "source"), join(folder, "app")];
  for (const name of packed) cpSync(join(repository, name), join(source, name), { recursive: true });
  symlinkSync(modules, join(source, "node_modules"), "junction");
  cpSync(join(import.meta.dirname, "app"), app, { recursive: true });
  await npm(source, "pack", "--pack-destination", folder);
  const [tarball = ""] = globSync("carillon-[0-9]*.tgz", { cwd: folder });
  // React as the registry has it, so that it is installed with what it depends on.
  const dependencies = [
    ["carillon", `file:${join(folder, tarball)}`],
    ...["react", "react-dom", "scheduler"].map((name) => [name, `file:${join(modules, name)}`]),
  ];
  const manifest = {
    name: "shop",
    private: true,
    type: "module",
    dependencies: Object.fromEntries(dependencies),
  };
  writeFileSync(join(app, "package.json"), JSON.stringify(manifest));
  const quietly = ["--no-audit", "--no-fund", "--cache", join(folder, "cache")];
  await npm(app, "install", "--install-links", "--offline", ...quietly);
  // What it is built with is this repository's: it brings programs that no registry is needed for.
  for (const name of ["vite", "@vitejs", "@types", "csstype"]) {
    symlinkSync(join(modules, name), join(app, "node_modules", name), "junction");
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function npm(cwd: string, ...argv: string[]): Promise<void> {
  await promisify(execFile)("npm", argv, { cwd, shell: process.platform === "win32" });
}

/** Runs a script with this Node. @throws {Error} with what it printed, where it fails. */
async function node(cwd: string, ...argv: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, argv, { cwd })).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${argv.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

const tsc = join(modules, "typescript/bin/tsc");

test("holds what is meant to be used, and nothing that must be installed besides", () => {
  const home = join(app, "node_modules/carillon");
  const files = globSync("**/*", { cwd: home, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) {
    const name = file.slice(home.length + 1).replaceAll("\\", "/");
    expect(name).toMatch(
      /^(package\.json|README\.md|src\/react\/style\.css|dist\/lib\/(client|react|publisher|protocol|config)\/.*\.(js|d\.ts))$/,
    );
    const text = readFileSync(file, "utf8");
    if (name.startsWith("dist/")) {
      const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*"([\w@./-]+)"/g)].map(([, from]) => from);
      const isMeant = name.startsWith("dist/lib/react/")
        ? /^(\.|carillon\/|react(-dom)?(\/|$))/
        : /^(\.|carillon\/)/;
      expect(
        imported.filter((from = "") => !isMeant.test(from)),
        name,
      ).toEqual([]);
    }
  }
  // Neither the service's own packages nor a React of its own came with it.
  const installed = globSync("*", { cwd: join(app, "node_modules") }).filter(
    (name) => name !== ".package-lock.json",
  );
  expect(installed.sort()).toEqual(
    ["@types", "@vitejs", "carillon", "csstype", "react", "react-dom", "scheduler", "vite"].sort(),
  );
});

/** This compiles only where each type that is published, and that of the schema, can stand for the other. */
const sameTypes = `
import type { EventData, EventInput, EventName } from "./dist/lib/config/events.d.ts";
import type { ServerFrame } from "./dist/lib/protocol/frames.d.ts";
import type * as source from "./src/config/events.ts";
import type * as frames from "./src/protocol/frames.ts";

type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : false) : false;
type Names = Same<EventName, source.EventName>;
type Inputs = { [Name in EventName]: Same<EventInput<Name>, source.EventInput<Name>> }[EventName];
type Outputs = { [Name in EventName]: Same<EventData<Name>, source.EventData<Name>> }[EventName];
type Frames = Same<ServerFrame, frames.ServerFrame>;

export const areSame: [false] extends [Names | Inputs | Outputs | Frames] ? never : true = true;
export const isChecked: unknown extends EventData<"payment:confirmed">["amount"] ? never : true = true;
`;

test("has the types of the schemas, though no schema comes with it", async () => {
  writeFileSync(join(source, "same-types.ts"), sameTypes);
  writeFileSync(
    join(source, "tsconfig.same.json"),
    JSON.stringify({ extends: "./tsconfig.json", files: ["same-types.ts"], include: [] }),
  );
  await node(source, tsc, "-p", "tsconfig.same.json");
});

test("is compiled, built and used by a fresh project with Vite and React", async () => {
  const [browser] = await Promise.all([
    launchChromium(),
    node(app, tsc, "-p", "."),
    node(app, join(modules, "vite/bin/vite.js"), "build"),
  ]);
  try {
    await using shop = await Shop.open(join(app, "dist"));
    const page = await browser.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(shop.url);
    await page.getByText("Live").waitFor();
    shop.confirm("R-7", 99.5);
    await page.getByText("R-7: 99.50").waitFor();
    const bell = page.locator(".carillon-bell-button");
    // The styles came along.
    expect(await bell.evaluate((button) => getComputedStyle(button).borderTopWidth)).toBe("0px");
    expect(globSync("dist/assets/*.css", { cwd: app })).toHaveLength(1);
  } finally {
    await browser.close();
  }
});

test("lets a backend use the client and the publisher without React", async () => {
  const alone = join(folder, "alone/node_modules");
  mkdirSync(alone, { recursive: true });
  cpSync(join(app, "node_modules/carillon"), join(alone, "carillon"), { recursive: true });
  const script = `
    import { createClient } from "carillon/client";
    import { createPublisher } from "carillon/publisher";
    const { state } = createClient({ url: "https://carillon.example" });
    const { publish } = createPublisher({ url: "https://carillon.example", key: "a-key" });
    const react = await import("carillon/react").then(() => "there", ({ code }) => code);
    console.log(state.status, typeof publish, react);
  `;
  writeFileSync(join(folder, "alone/backend.mjs"), script);
  const said = await node(join(folder, "alone"), "backend.mjs");
  expect(said).toBe("disconnected function ERR_MODULE_NOT_FOUND\n");
});
