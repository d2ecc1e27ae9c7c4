import { describe, expect, test } from "vitest";
import { serviceAddress, wholeNumber } from "../../src/cli/args.ts";
import { type Command, execute } from "../../src/cli/command.ts";
import { health } from "../../src/cli/health.ts";
import { publish } from "../../src/cli/publish.ts";
import { smoke } from "../../src/cli/smoke.ts";
import { start } from "../../src/cli/start.ts";
import { token } from "../../src/cli/token.ts";
import { freshSurroundings } from "./surroundings.ts";

const commands: readonly (readonly [string, Command])[] = [
  ["start", start],
  ["token", token],
  ["publish", publish],
  ["health", health],
  ["smoke", smoke],
];

describe.each(commands)("%s", (_name, command) => {
  test("shows its usage text for --help and does nothing else", async () => {
    const surroundings = freshSurroundings();
    expect(await execute(command, ["--help"], surroundings)).toBe(0);
    expect(surroundings.printed.join("\n")).toMatch(/^Usage: .*npm .*\[options\]$/m);
    expect(surroundings.printed.join("\n")).toContain("--help");
    expect(surroundings.complained).toEqual([]);
  });

  test("ends with 2 for an option that it does not have", async () => {
    const surroundings = freshSurroundings();
    expect(await execute(command, ["--colour", "red"], surroundings)).toBe(2);
    expect(surroundings.complained.join()).toContain("Unknown option '--colour'");
    expect(surroundings.complained.join()).toContain("See --help.");
  });

  test("ends with 2 for a stray argument", async () => {
    const surroundings = freshSurroundings();
    expect(await execute(command, ["stray"], surroundings)).toBe(2);
    expect(surroundings.complained.join()).toContain("stray");
  });
});

test.each([
  { name: "token without a user", command: token, argv: [], says: "--user is missing." },
  {
    name: "token with an endless life",
    command: token,
    argv: ["--user", "42", "--ttl", "1e3"],
    says: "--ttl",
  },
  { name: "token with no life", command: token, argv: ["--user", "42", "--ttl", "0"], says: "--ttl" },
  { name: "token of a user id with a line break", command: token, argv: ["--user", "4\n2"], says: "--user" },
  { name: "publish without an event", command: publish, argv: ["--user", "42"], says: "--event is missing." },
  {
    name: "publish of data that is not JSON",
    command: publish,
    argv: ["--event", "greeting", "--user", "42", "--data", "hello"],
    says: "--data is not JSON",
  },
  { name: "publish with a value missing", command: publish, argv: ["--event"], says: "--event" },
  { name: "health of no address", command: health, argv: ["--url", "localhost:8787"], says: "http://" },
  {
    name: "health with what belongs to start",
    command: health,
    argv: ["--", "--x"],
    says: "Nothing is expected",
  },
  { name: "start on no port", command: start, argv: [], env: { PORT: "http" }, says: "PORT" },
  { name: "start on port 0", command: start, argv: [], env: { PORT: "0" }, says: "PORT" },
  {
    name: "start with a flag that it sets itself",
    command: start,
    argv: ["--", "--port=1234"],
    says: "--port=1234 is set by npm start itself",
  },
  {
    name: "start that would forget the wrong state",
    command: start,
    argv: ["--fresh", "--", "--persist-to", "elsewhere"],
    says: "--fresh deletes .wrangler/state",
  },
])("$name ends with 2", async ({ command, argv, env, says }) => {
  const surroundings = freshSurroundings(undefined, env);
  expect(await execute(command, argv, surroundings)).toBe(2);
  expect(surroundings.complained.join("\n")).toContain(says);
  expect(surroundings.printed).toEqual([]);
});

test("an address keeps the path that a service is mounted below", () => {
  expect(new URL("health", serviceAddress("https://example.com/bells")).href).toBe(
    "https://example.com/bells/health",
  );
  expect(new URL("health", serviceAddress("http://localhost:8787")).href).toBe(
    "http://localhost:8787/health",
  );
});

test("a whole number is within its bounds", () => {
  expect(wholeNumber("--ttl", "60", 1, 60)).toBe(60);
  for (const text of ["61", "0", "-1", "1.5", "", " 1", "1_0", "9".repeat(30)]) {
    expect(() => wholeNumber("--ttl", text, 1, 60), text).toThrow("--ttl is a whole number from 1 to 60");
  }
});
