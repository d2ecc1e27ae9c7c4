/** A table of text: the first columns name the row, the rest are figures. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns that are names and not figures. */
  readonly names: number;
}

/** The table for a terminal, its columns aligned. */
export function tableAsText({ title, head, rows, names }: Table): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column < names ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [title, line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

/** The table as Markdown, under a heading. */
export function tableAsMarkdown({ title, head, rows, names }: Table): string {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  const rule = head.map((_, column) => (column < names ? "---" : "---:"));
  return [`### ${title}`, "", line(head), line(rule), ...rows.map(line)].join("\n");
}
