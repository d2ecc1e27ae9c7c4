import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));

/** On the server a folder imports from itself and from what stands to its right. */
const server = ["http", "delivery", "objects", "channels", "auth"];

/** What each folder may import from beside itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "worker.ts": ["http", "delivery", "objects"],
  ...Object.fromEntries(
    server.map((folder, index) => [folder, [...server.slice(index + 1), "config", "operation", "protocol"]]),
  ),
  web: ["react", "client", "publisher", "protocol"],
  react: ["client"],
  client: ["protocol"],
  // What a deployer edits names its rules with the builders of channels/rules.ts; see below.
  config: ["channels", "operation", "protocol"],
  operation: [],
  protocol: [],
  publisher: ["protocol"],
  cli: ["auth", "config", "protocol", "publisher"],
};

/** What it may import the types of, besides: nothing of this is there any more when it runs. */
const mayImportTypesOf: Readonly<Record<string, readonly string[]>> = {
  // A publisher knows the data of the events that its service knows.
  publisher: ["config"],
  // And a client those that its service sends.
  client: ["config"],
};

/** One import of a source file. */
interface Import {
  readonly from: string;
  /** A path in `src`, or the name of a package. */
  readonly to: string;
  /** Whether it is still there when the types are gone. `import { type T }` is: only `import type` goes away. */
  readonly isAtRunTime: boolean;
}

const statement =
  /^\s*(?:import|export)\s+(type\s+(?!from\b))?[^"';]*?\bfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

function importsIn(text: string, from: string): Import[] {
  return [...text.matchAll(statement)].map(([, type, named, bare, dynamic]) => {
    const specifier = named ?? bare ?? dynamic ?? "";
    const to = specifier.startsWith(".") ? join(dirname(from), specifier).replaceAll(sep, "/") : specifier;
    return { from, to, isAtRunTime: type === undefined };
  });
}

const files = readdirSync(SOURCES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => relative(SOURCES, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
const imports = files.flatMap((file) => importsIn(readFileSync(join(SOURCES, file), "utf8"), file));
const withinSources = imports.filter(({ to }) => files.includes(to));

const folderOf = (path: string) => path.split("/")[0] ?? path;
const written = ({ from, to }: Import) => `${from} imports ${to}`;

/** Everything that is loaded where these files are. */
function loadedBy(starts: readonly string[]): Import[] {
  const loaded = new Set(starts);
  const reached: Import[] = [];
  // A set that grows is walked to its end.
  for (const file of loaded) {
    const next = imports.filter(({ from, isAtRunTime }) => from === file && isAtRunTime);
    reached.push(...next);
    for (const { to } of next) loaded.add(to);
  }
  return reached;
}

describe("the reader of imports", () => {
  test("knows every form", () => {
    const text = [
      'import { app } from "./app.ts";',
      'import type { Env } from "../objects/env.ts";',
      "import {\n  a,\n  type B,\n} from 'ignored';",
      'import {\n  c,\n  type D,\n} from "../auth/jwt.ts";',
      'import manifest from "../../package.json" with { type: "json" };',
      'import "./style.css";',
      'export type { T } from "./t.ts";',
      'const page = await import("./page.ts");',
      '// No import: "./comment.ts"',
    ].join("\n");
    expect(importsIn(text, "http/x.ts").map(({ to, isAtRunTime }) => [to, isAtRunTime])).toEqual([
      ["http/app.ts", true],
      ["objects/env.ts", false],
      ["auth/jwt.ts", true],
      ["../package.json", true],
      ["http/style.css", true],
      ["http/t.ts", false],
      ["http/page.ts", true],
    ]);
  });

  test("finds the sources", () => {
    expect(files).toContain("worker.ts");
    expect(withinSources.length).toBeGreaterThan(100);
    // What the Worker loads goes as far as zod, so a chain is followed.
    expect(loadedBy(["worker.ts"]).map(({ to }) => to)).toContain("zod");
  });
});

describe("the sources", () => {
  test("lie in folders that have a place in the layout", () => {
    expect(files.map(folderOf).filter((folder) => !(folder in mayImport))).toEqual([]);
  });

  test("import in one direction", () => {
    const wrong = withinSources.filter(({ from, to, isAtRunTime }) => {
      const [one, other] = [folderOf(from), folderOf(to)];
      if (one === other || mayImport[one]?.includes(other)) return false;
      return isAtRunTime || !mayImportTypesOf[one]?.includes(other);
    });
    expect(wrong.map(written)).toEqual([]);
  });

  test("of the configuration know nothing of channels but how rules are written", () => {
    const known = withinSources.filter(
      ({ from, to }) => folderOf(from) === "config" && folderOf(to) === "channels",
    );
    expect(known.filter(({ to }) => to !== "channels/rules.ts").map(written)).toEqual([]);
  });

  test("of the objects and of what they import never reach http", () => {
    const starts = files.filter((file) => folderOf(file) === "objects");
    expect(
      loadedBy(starts)
        .filter(({ to }) => folderOf(to) === "http")
        .map(written),
    ).toEqual([]);
  });

  test.each([
    ["client", []],
    ["react", []],
    ["web", ["zod/mini"]],
  ])("of %s load no more of zod than %j", (folder, allowed) => {
    const starts = files.filter((file) => folderOf(file) === folder && !file.endsWith(".config.ts"));
    expect(starts.length).toBeGreaterThan(0);
    const ofZod = loadedBy(starts).filter(({ to }) => /^zod\b/.test(to));
    expect([...new Set(ofZod.map(({ to }) => to))]).toEqual(allowed);
  });

  test("of the React package load no other package than React", () => {
    const starts = files.filter((file) => folderOf(file) === "react");
    const packages = loadedBy(starts).filter(({ to }) => !files.includes(to));
    expect(new Set(packages.map(({ to }) => to))).toEqual(new Set(["react"]));
  });

  test("know Cloudflare only where the objects are", () => {
    const known = imports.filter(({ to }) => to.startsWith("cloudflare:"));
    expect(known.filter(({ from }) => folderOf(from) !== "objects").map(written)).toEqual([]);
  });
});

describe("the repository", () => {
  const root = new URL("../../", import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, root), "utf8");

  test("has at its top what was asked for", () => {
    const asked = ["package.json", "wrangler.toml", "tsconfig.json", "src", "test", "README.md"];
    expect(readdirSync(root)).toEqual(expect.arrayContaining(asked));
  });

  test("is made of the packages that were chosen", () => {
    const {
      dependencies,
      devDependencies,
    }: Record<string, Record<string, string>> = JSON.parse(read("package.json"));
    // What the Worker itself is made of, and nothing else.
    const own = ["hono", "jose", "zod"];
    // What neither lies in the repository nor comes with the platform.
    const isPackage = ({ to }: Import) => !files.includes(to) && !/^(\.|cloudflare:|node:)/.test(to);
    const packages = loadedBy(["worker.ts"])
      .filter(isPackage)
      .map(({ to }) => to.split("/")[0])
      .sort();
    expect([...new Set(packages)]).toEqual(own);
    // It is bundled with them: who installs the package for its clients needs none of them.
    expect(dependencies).toBeUndefined();
    const tools = ["@cloudflare/vitest-pool-workers", "@cloudflare/workers-types", "vitest", "wrangler"];
    expect(Object.keys(devDependencies ?? {})).toEqual(expect.arrayContaining([...own, ...tools]));
  });

  test("is tested by CI as the README says", () => {
    expect(read(".ci/run")).toContain("npm ci && npm test");
    expect(read("README.md")).toContain("npm ci && npm test");
    expect(read("package.json")).toMatch(/"test": ".*vitest run --config test\/vitest.config.ts"/);
    expect(read("test/vitest.config.ts")).toContain("cloudflareTest(");
  });
});
