import type { ChaosOptions } from "./options.ts";
import type { Outcome } from "./run.ts";
import { kinds } from "./verdict.ts";

/** Sentences of one kind that are told. */
const TOLD = 20;

const columns = ["targets", "delivered", "lost", "repeated", "reordered", "strayed", "longestWait"] as const;
const titles = ["", "targets", "delivered", "lost", "repeated", "reordered", "strayed", "longest wait (ms)"];

/** Whether a run was as it must be. */
export function isFlawless({ figures, faults, published, acknowledged }: Outcome): boolean {
  const wrong = kinds.map((kind) => {
    const { lost, repeated, reordered, strayed } = figures[kind];
    return lost + repeated + reordered + strayed;
  });
  return wrong.every((count) => count === 0) && faults.length === 0 && acknowledged === published;
}

/** The figures of a run, one line for each kind. */
export function reportOf(outcome: Outcome, { seed, clients, rate }: ChaosOptions): string[] {
  const { figures, published, again, acknowledged, connections, kills, aborts, letters, webhooks } = outcome;
  const { breaks, attempts, reconnects, uptime, repeated, gaps } = connections;
  const sorted = [...connections.healing].sort((one, other) => one - other);
  const rows = kinds.map((kind) => [kind, ...columns.map((name) => figures[kind][name].toFixed(0))]);
  return [
    `seed ${seed}, ${rate} events/s, ${clients} clients: three tabs of each user, ${connections.sharing} of all share a connection`,
    `kills ${kills.count}${kills.where && `: ${kills.where}`}`,
    `aborts ${aborts.count}${aborts.where && `: ${aborts.where}`}`,
    `published ${published} (${outcome.perSecond.toFixed(0)}/s, outages included), acknowledged ${acknowledged}; ${again} once more`,
    ...[titles, ...rows].map(lineOf),
    `dead letters ${letters.seen}, of which ${letters.retried} were delivered by a retry`,
    `webhooks ${webhooks.taken}, and ${webhooks.failed} times the receiver failed`,
    `broadcasts that newcomers missed before the audience knew of them: ${outcome.missedUnknown}`,
    `breaks ${breaks}, healed ${sorted.length} (${percent(sorted.length, breaks)}); until live: p50 ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms`,
    `reconnects by the clients' own count: ${reconnects} of ${attempts} attempts (${percent(reconnects, attempts)}), outages included; connected ${percent(uptime, 1)} of the time`,
    `dropped by the clients as repeats: ${repeated}; told as gaps: ${gaps}`,
  ];
}

/** What was wrong with a run, and what the service had to say. */
export function faultsOf({ findings, faults, output }: Outcome): string[] {
  return [...findings, ...faults.slice(0, TOLD), ...(output ? [`The service printed last:\n${output}`] : [])];
}

function lineOf(cells: readonly string[]): string {
  const [name = "", ...rest] = cells;
  return [name.padEnd(9), ...rest.map((cell, index) => cell.padStart(titles[index + 1]?.length ?? 0))].join(
    "  ",
  );
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;
}

function quantile(sorted: readonly number[], share: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return value === undefined ? "–" : value.toFixed(0);
}
