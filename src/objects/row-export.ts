/** Rows of one table as JSON texts, and where the next page begins, if there is one. */
export interface RowPage {
  readonly rows: readonly string[];
  readonly next: number | undefined;
}

/** Characters of a page, unless a single row is longer: what a call between objects may bring is bounded. */
const PAGE_CHARACTERS = 1_000_000;

/** The tables of an object, but for those that the platform keeps there. */
export function tablesIn(sql: SqlStorage): string[] {
  return sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .toArray()
    .map(({ name }) => name)
    .filter((name) => !/^(_cf_|sqlite_)/.test(name));
}

/**
 * A page of a table, as it lies there: nothing is left out, whatever a later version keeps. What is JSON already stands
 * in it as such.
 *
 * @param from how many rows to pass over.
 */
export function readRows(sql: SqlStorage, table: string, from: number): RowPage {
  if (!tablesIn(sql).includes(table)) return { rows: [], next: undefined };
  const rows: string[] = [];
  let size = 0;
  for (const row of sql.exec(`SELECT * FROM "${table}" LIMIT -1 OFFSET ?`, from)) {
    if (size >= PAGE_CHARACTERS) return { rows, next: from + rows.length };
    const text = writeRow(row);
    rows.push(text);
    size += text.length;
  }
  return { rows, next: undefined };
}

function writeRow(row: Readonly<Record<string, SqlStorageValue>>): string {
  const fields = Object.entries(row).map(([name, value]) => `${JSON.stringify(name)}:${writeValue(value)}`);
  return `{${fields.join(",")}}`;
}

function writeValue(value: SqlStorageValue): string {
  if (typeof value === "string" && isJsonStructure(value)) return value;
  return JSON.stringify(value);
}

function isJsonStructure(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
