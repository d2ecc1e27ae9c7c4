import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { Files } from "./coverage.ts";

const testFiles = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((path) => /\.test\.tsx?$/.test(path))
  .map((path) => `test/${path.replaceAll("\\", "/")}`);

/** The files of this repository. */
export const repository: Files = {
  read: (path) => (existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8") : undefined),
  runs: (path) =>
    testFiles.includes(path) ||
    (path.startsWith("test/") &&
      testFiles.some((test) => readFileSync(test, "utf8").includes(`/${basename(path)}"`))),
};
