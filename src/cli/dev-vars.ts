import { constants, copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { parseSettings, type Settings } from "../config/settings.ts";
import { Failure } from "./command.ts";

/** Names and values, as .dev.vars or the environment holds them. */
export type Variables = Readonly<Record<string, string | undefined>>;

const FILE = ".dev.vars";
const EXAMPLE = ".dev.vars.example";

/** What a caller may say in the environment instead of in .dev.vars, for a service that runs elsewhere. */
const fromEnvironment = [
  "JWT_SECRET",
  "JWT_ISSUER",
  "JWT_AUDIENCE",
  "PUBLISH_KEYS",
] as const satisfies readonly (keyof Settings)[];

/**
 * Reads `KEY=VALUE` lines: comments after `#`, quotes around a value that holds `#` or line breaks. Node's own
 * parser reads them as wrangler does, which hands the same file to the Worker.
 */
export function parseDevVars(text: string): Variables {
  return parseEnv(text);
}

/** The variables of .dev.vars or, before there is one, of the committed example. */
export function readDevVars(directory: string): Variables {
  const text = readIfThere(join(directory, FILE)) ?? readIfThere(join(directory, EXAMPLE));
  return text === undefined ? {} : parseDevVars(text);
}

/** The variables of the files, and over them those that the environment says. */
export function readVariables(directory: string, env: Variables): Variables {
  const variables: Record<string, string | undefined> = { ...readDevVars(directory) };
  for (const name of fromEnvironment) {
    if (env[name] !== undefined && env[name] !== "") variables[name] = env[name];
  }
  return variables;
}

/**
 * Makes .dev.vars from the example unless there is one. It is never overwritten: it may hold a developer's own values.
 *
 * @returns whether it was made.
 */
export function writeDevVars(directory: string): boolean {
  if (existsSync(join(directory, FILE))) return false;
  try {
    copyFileSync(join(directory, EXAMPLE), join(directory, FILE), constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    if (hasCode(error, "ENOENT")) {
      throw new Failure(`Neither ${FILE} nor ${EXAMPLE} is in ${directory}; get ${EXAMPLE} back from git.`);
    }
    throw error;
  }
}

/** The settings that the variables make, as the Worker reads them. */
export function settingsFrom(variables: Variables): Settings {
  const result = parseSettings(variables);
  if (result.ok) return result.settings;
  const problems = result.problems.map(({ name, message }) => `  ${name}: ${message}`);
  throw new Failure([`The settings in ${FILE} are not complete:`, ...problems].join("\n"));
}

/** The secret of the first publish key of `name:secret,name:secret`, if there is one. */
export function firstPublishKey(variables: Variables): string | undefined {
  const [entry] = (variables.PUBLISH_KEYS ?? "").split(",");
  const secret = entry?.slice(entry.indexOf(":") + 1).trim();
  return secret === "" ? undefined : secret;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
