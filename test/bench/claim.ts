import type { Table } from "./table.ts";

/** A figure that somebody stated, beside the one of this run. */
export interface Claim {
  readonly stated: string;
  /** The row that it was taken from. */
  readonly as: string;
  readonly measured: string;
  readonly isMet: boolean;
}

export function claimTable(title: string, claims: readonly Claim[]): Table {
  return {
    title,
    names: 2,
    head: ["stated", "measured as", "measured", "met"],
    rows: claims.map(({ stated, as, measured, isMet }) => [stated, as, measured, isMet ? "yes" : "no"]),
  };
}

/** A value that must not exceed its bound, where it was measured. */
export function atMost(
  bound: number,
  value: number | undefined,
  write: (value: number) => string,
): Pick<Claim, "measured" | "isMet"> {
  if (value === undefined) return { measured: "–", isMet: false };
  return { measured: write(value), isMet: value <= bound };
}

/** A value that must reach its bound. */
export function atLeast(
  bound: number,
  value: number | undefined,
  write: (value: number) => string,
): Pick<Claim, "measured" | "isMet"> {
  if (value === undefined) return { measured: "–", isMet: false };
  return { measured: write(value), isMet: value >= bound };
}
