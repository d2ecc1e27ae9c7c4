import { figure, whole } from "./figure.ts";
import type { Measurement } from "./measurement.ts";
import { ratiosOf } from "./ratios.ts";
import type { Table } from "./table.ts";

/** What `subject` takes or gives, divided by what each other server of the same run does. */
export function ratioTable(
  rows: readonly Measurement[],
  subject: string,
  missing: readonly { readonly name: string; readonly why: string }[],
): Table {
  const ratios = ratiosOf(rows, subject);
  return {
    title: `Ratios: ${subject} divided by its peer in this run`,
    names: 4,
    head: ["audience", "sockets", "load", "peer", "CPU for each", "rate", "p50", "p95"],
    rows: [
      ...ratios.map(({ audience, sockets, load, peer, cpu, rate, p50, p95 }) => [
        ...[audience, whole(sockets), load, peer],
        ...[cpu, rate, p50, p95].map(times),
      ]),
      ...(ratios.length === 0
        ? []
        : missing.map(({ name, why }) => ["–", "–", "–", `${name} (${why})`, "–", "–", "–", "–"])),
    ],
  };
}

function times(value: number | undefined): string {
  return value === undefined ? figure(value) : `${figure(value)}×`;
}
