/**
 * A place in one log. `epoch` names the log's life, `offset` counts its entries from 1; offset 0 is before the
 * first. A log that has no entry yet has the epoch `"0"`.
 */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** Before the first entry of a log that has none. */
export const start: Position = { epoch: "0", offset: 0 };

const grammar = /^([0-9A-Za-z]{1,32})\.(0|[1-9][0-9]{0,14})$/;

/**
 * Reads `<epoch>.<offset>`, the form that URLs and `since` fields carry.
 *
 * @example parsePosition("k3v9x2ab.17") // { epoch: "k3v9x2ab", offset: 17 }
 */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, offset] = grammar.exec(text) ?? [];
  return epoch === undefined || offset === undefined ? undefined : { epoch, offset: Number(offset) };
}

/** Writes `<epoch>.<offset>`. */
export function formatPosition({ epoch, offset }: Position): string {
  return `${epoch}.${offset}`;
}
