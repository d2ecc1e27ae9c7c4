import type { Spread } from "./measurement.ts";

const NONE = "–";

/** The heads of the columns that `spread` fills. */
export const spreadHead = ["p50 ms", "p95 ms", "p99 ms", "max ms"];

/** The quantiles, in milliseconds. */
export function spread(values: Spread | undefined): string[] {
  return [values?.p50, values?.p95, values?.p99, values?.max].map(figure);
}

/** Three digits that count, so that a table can be read. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

/** A count. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
