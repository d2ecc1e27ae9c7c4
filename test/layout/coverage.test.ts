import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Files, problemsIn } from "./coverage.ts";
import { repository } from "./repository.ts";
import { titlesIn } from "./titles.ts";

/** A repository of one source, one test and what the test imports. */
const small: Files = {
  read: (path) =>
    new Map([
      ["src/door.ts", ""],
      ["test/door.ts", 'test("is shut", () => {});'],
      ["test/idle.ts", 'test("is shut", () => {});'],
      ["test/door.test.ts", 'describe("a door", () => {\n  test.each([1])("opens %i times", () => {});\n});'],
    ]).get(path),
  runs: (path) => path !== "test/idle.ts",
};

const documented = (...rows: string[]) =>
  ["# Title", "", "## Doors", "", "| asked | file | test |", "| --- | --- | --- |", ...rows, ""].join("\n");
const opens = "`test/door.test.ts › opens %i times`";

describe("the check of a document of coverage", () => {
  test("finds nothing wrong where there is nothing", () => {
    const document = documented(
      `| opens | \`src/door.ts\` | ${opens} |`,
      "| opens \\| shuts | `src/door.ts` | `test/door.test.ts › a door › opens %i times`, `test/door.ts › is shut` |",
    );
    expect(problemsIn(document, small)).toEqual([]);
  });

  test.each([
    ["opens: It names no test.", "| opens | `src/door.ts` | |"],
    ["opens: It names no test.", "| opens | `src/door.ts` | a test |"],
    ["opens: It names no test of test/door.test.ts.", "| opens | `src/door.ts` | `test/door.test.ts` |"],
    [
      "opens: There is no test/gone.test.ts.",
      "| opens | `src/door.ts` | `test/gone.test.ts › opens %i times` |",
    ],
    ["opens: test/idle.ts is no test file.", "| opens | `src/door.ts` | `test/idle.ts › is shut` |"],
    [
      'opens: test/door.test.ts has no test that is called "opens".',
      "| opens | `src/door.ts` | `test/door.test.ts › a door › opens` |",
    ],
    ["opens: There is no src/gone.ts.", `| opens | \`src/door.ts\`, \`src/gone.ts\` | ${opens} |`],
    ["opens: It names no file.", `| opens | | ${opens} |`],
    ["opens: It has not three cells.", `| opens | ${opens} |`],
  ])("says: %s", (problem, row) => {
    expect(problemsIn(documented(row), small)).toEqual([problem]);
  });

  test("says which section has no table, and which has one without rows", () => {
    const row = `| opens | \`src/door.ts\` | ${opens} |`;
    expect(problemsIn(`${documented(row)}\n### Windows\n\nNone.\n`, small)).toEqual([
      '"Windows" has no table.',
    ]);
    expect(problemsIn(documented(), small)).toEqual(['"Doors" has no table.']);
  });

  test("knows the titles that a test file has, and takes nothing else for one", () => {
    const source = [
      'describe("one", () => {',
      "  it(`two $x`, async () => {});",
      '  test.each<[string, () => void]>([["three", (a) => b("four", c)]])(\n    "five %s",\n    () => {},\n  );',
      '  // test("six", () => {});',
      '  test.skip("seven", () => {});',
      '  it.todo("eight");',
      '  describe.each(cases)("nine \\"ten\\"", () => {});',
      "});",
    ].join("\n");
    expect([...titlesIn(source)]).toEqual(["one", "two $x", "five %s", 'nine \\"ten\\"']);
  });
});

describe("the document of coverage", () => {
  test("names files and tests that there are, for everything that is asked", () => {
    expect(problemsIn(readFileSync("docs/coverage.md", "utf8"), repository)).toEqual([]);
  });
});
