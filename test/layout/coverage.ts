import { codeIn, sectionsIn } from "./markdown-tables.ts";
import { titlesIn } from "./titles.ts";

/** The files of the repository. */
export interface Files {
  /** The text of the file at a path, `undefined` where there is none. */
  read(path: string): string | undefined;
  /** Whether a file of `test/` runs: it is a test file, or a test file imports it. */
  runs(path: string): boolean;
}

/**
 * What is wrong with a document whose rows say what is asked, in which files it is, and which tests show it; each with the
 * row that it is about.
 */
export function problemsIn(document: string, files: Files): string[] {
  const sections = sectionsIn(document);
  return sections.flatMap(({ heading, tables, rows }) => [
    ...(tables === 0 || rows.length === 0 ? [`"${heading}" has no table.`] : []),
    ...rows.flatMap((row) => problemsOfRow(row, files).map((problem) => `${row[0]}: ${problem}`)),
  ]);
}

function problemsOfRow(row: readonly string[], files: Files): string[] {
  const [what = "", where = "", shown = ""] = row;
  if (row.length !== 3 || what === "") return ["It has not three cells."];
  const sources = codeIn(where);
  const tests = codeIn(shown);
  return [
    ...(sources.length === 0 ? ["It names no file."] : []),
    ...sources.filter((path) => files.read(path) === undefined).map((path) => `There is no ${path}.`),
    ...(tests.length === 0 ? ["It names no test."] : []),
    ...tests.flatMap((test) => problemOfTest(test, files)),
  ];
}

function problemOfTest(test: string, files: Files): string[] {
  const [path = "", ...titles] = test.split(" › ");
  const source = files.read(path);
  if (source === undefined) return [`There is no ${path}.`];
  if (!files.runs(path)) return [`${path} is no test file.`];
  if (titles.length === 0) return [`It names no test of ${path}.`];
  const known = titlesIn(source);
  return titles
    .filter((title) => !known.has(title))
    .map((title) => `${path} has no test that is called "${title}".`);
}
