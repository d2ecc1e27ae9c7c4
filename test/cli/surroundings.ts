import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Surroundings } from "../../src/cli/command.ts";

export const example = [
  "# Settings for a developer's own machine.",
  "ENVIRONMENT=development",
  "JWT_SECRET=dev-only-secret-of-the-example",
  "PUBLISH_KEYS=dev:dev-only-key-of-the-example,other:dev-only-second-key",
].join("\n");

/** Surroundings in a fresh directory, which remember what was printed. */
export interface TestSurroundings extends Surroundings {
  readonly printed: string[];
  readonly complained: string[];
  readonly stopNow: () => void;
}

/** Makes surroundings with these files. They go when the test ends. */
export function freshSurroundings(
  files: Readonly<Record<string, string>> = { ".dev.vars.example": example },
  env: Readonly<Record<string, string>> = {},
): TestSurroundings {
  const directory = mkdtempSync(join(tmpdir(), "carillon-cli-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const printed: string[] = [];
  const complained: string[] = [];
  const stop = new AbortController();
  return {
    directory,
    env,
    out: (line) => printed.push(line),
    err: (line) => complained.push(line),
    stop: stop.signal,
    printed,
    complained,
    stopNow: () => stop.abort(),
  };
}
