import type { ChaosOptions } from "./options.ts";
import type { Outcome } from "./run.ts";

/** Sentences of one kind that are told. */
const TOLD = 20;

/** Whether a run was as it must be. */
export function isFlawless({ lost, repeated, reordered, faults, published, acknowledged }: Outcome): boolean {
  return lost + repeated + reordered + faults.length === 0 && acknowledged === published;
}

/** The figures of a run, one line for each kind. */
export function reportOf(outcome: Outcome, { seed, clients, rate }: ChaosOptions): string[] {
  const { published, acknowledged, delivered, lost, repeated, reordered, reconnects, kills, aborts } =
    outcome;
  const sorted = [...reconnects].sort((one, other) => one - other);
  return [
    `seed ${seed}, ${clients} clients, ${rate} events/s`,
    `kills ${kills.count}${kills.where && `: ${kills.where}`}`,
    `aborts ${aborts.count}${aborts.where && `: ${aborts.where}`}`,
    `published ${published} (${outcome.perSecond.toFixed(0)}/s, outages included), acknowledged ${acknowledged}, delivered ${delivered}`,
    `lost ${lost}, repeated ${repeated}, reordered ${reordered}`,
    `reconnects ${sorted.length}, from the break until live: p50 ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms`,
    `a client that was live waited at most ${outcome.longestWait.toFixed(0)} ms after the answer`,
    `mended by rule F5: ${outcome.repeats} repeats dropped, ${outcome.holes} holes asked for`,
  ];
}

/** What was wrong with a run, and what the service had to say. */
export function faultsOf({ findings, faults, output }: Outcome): string[] {
  return [...findings, ...faults.slice(0, TOLD), ...(output ? [`The service printed last:\n${output}`] : [])];
}

function quantile(sorted: readonly number[], share: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return value === undefined ? "–" : value.toFixed(0);
}
