/** A section of a document: its heading, and the cells of its tables without their headings. */
export interface Section {
  readonly heading: string;
  /** How many tables it has. */
  readonly tables: number;
  readonly rows: readonly (readonly string[])[];
}

/** The sections of a document below its title, each with its tables. */
export function sectionsIn(document: string): Section[] {
  return document
    .split(/^#{2,6} /m)
    .slice(1)
    .map((text) => {
      const lines = text.split("\n");
      const isRule = (line: string) => /^\|[-| :]+\|$/.test(line);
      const rows = lines.filter((line, at) => {
        const isHead = isRule(lines[at + 1] ?? "");
        return line.startsWith("|") && !isRule(line) && !isHead;
      });
      return {
        heading: lines[0] ?? "",
        tables: lines.filter(isRule).length,
        rows: rows.map(cellsOf),
      };
    });
}

/** What a row of a table holds, with `\|` as it is read. */
function cellsOf(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** What stands in code font in a text. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
}
