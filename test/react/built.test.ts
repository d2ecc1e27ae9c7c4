import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

// The package as an application of another repository has it: what is built, found by its name, beside its own React.

const repository = resolve(import.meta.dirname, "../..");
const tsc = join(repository, "node_modules/typescript/bin/tsc");
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "carillon-react-"));
  const carillon = join(folder, "node_modules/carillon");
  mkdirSync(join(carillon, "src/react"), { recursive: true });
  for (const file of ["package.json", "src/react/style.css"]) {
    cpSync(join(repository, file), join(carillon, file));
  }
  await run(tsc, "-p", join(repository, "src/react/tsconfig.json"), "--outDir", join(carillon, "dist/lib"));
  for (const name of ["react", "react-dom", "scheduler", "@types"]) {
    symlinkSync(join(repository, "node_modules", name), join(folder, "node_modules", name), "junction");
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: folder });
  return stdout;
}

test("is imported by its name and rendered, with nothing else installed than React", async () => {
  const script = `
    import { ConnectionBadge, RealtimeProvider } from "carillon/react";
    import { createElement as h } from "react";
    import { renderToString } from "react-dom/server";
    const client = { state: {}, listen: () => () => {} };
    console.log(renderToString(h(RealtimeProvider, { client, locale: "vi" }, h(ConnectionBadge))));
    console.log(import.meta.resolve("carillon/react/style.css").endsWith("src/react/style.css"));
  `;
  writeFileSync(join(folder, "page.mjs"), script);
  expect(await run("page.mjs")).toMatch(/Đang kết nối[\s\S]*true/);
});

test("brings its types along", async () => {
  const options = {
    module: "nodenext",
    target: "es2022",
    strict: true,
    noEmit: true,
    jsx: "react-jsx",
    types: [],
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...options, skipLibCheck: true }, files: ["page.tsx"] }),
  );
  const page = (count: string) => `
    import { NotificationBell, useInbox } from "carillon/react";
    export function Page() { const { counts } = useInbox(); return <NotificationBell count=${count} key={counts.unread} />; }
  `;
  writeFileSync(join(folder, "page.tsx"), page('"unseen"'));
  await run(tsc, "-p", ".");
  writeFileSync(join(folder, "page.tsx"), page('"archived"'));
  await expect(run(tsc, "-p", ".")).rejects.toThrow("Command failed");
});
