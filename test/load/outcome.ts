import { Histogram } from "../bench/histogram.ts";

/** Reasons that are told; the rest are counted. */
const TOLD = 5;

/** What became of all clients and their messages. */
export class Outcome {
  readonly #clients: number;
  readonly #messages: number;
  readonly #connecting = new Histogram();
  readonly #answering = new Histogram();
  readonly #reasons = new Map<string, number>();
  readonly #startedAt = performance.now();
  #connectedAt = 0;
  #sentAt = 0;

  /** @param each messages of each client. */
  constructor(clients: number, each: number) {
    this.#clients = clients;
    this.#messages = clients * each;
  }

  /** Whether everybody connected and every message was answered. */
  get isWhole(): boolean {
    return this.#connecting.total === this.#clients && this.#answering.total === this.#messages;
  }

  /** @param took milliseconds. */
  connected(took: number): void {
    this.#connecting.record(took * 1000);
  }

  /** @param took milliseconds. */
  answered(took: number): void {
    this.#answering.record(took * 1000);
  }

  failed(at: "connecting" | "sending", error: unknown): void {
    const why = `${at}: ${error instanceof Error ? error.message : String(error)}`;
    this.#reasons.set(why, (this.#reasons.get(why) ?? 0) + 1);
  }

  allConnected(): void {
    this.#connectedAt = performance.now();
  }

  allSent(): void {
    this.#sentAt = performance.now();
  }

  /** What is printed in the end; the last line is the success rate. */
  lines(): string[] {
    const took = this.#sentAt - this.#connectedAt;
    return [
      summary("connected", this.#connecting, this.#clients, this.#connectedAt - this.#startedAt),
      summary("answered", this.#answering, this.#messages, took),
      `success rate ${percent(this.#answering.total, this.#messages)}`,
    ];
  }

  /** Why something failed, the most frequent reasons first. */
  failures(): string[] {
    const sorted = [...this.#reasons].sort(([, one], [, other]) => other - one);
    return sorted.slice(0, TOLD).map(([why, times]) => `${times} times: ${why}`);
  }
}

function summary(what: string, histogram: Histogram, of: number, milliseconds: number): string {
  const at = (share: number) => `${((histogram.quantile(share) ?? 0) / 1000).toFixed(1)} ms`;
  const rate = Math.round(histogram.total / (milliseconds / 1000)).toLocaleString("en");
  return [
    `${what.padEnd(9)} ${histogram.total} of ${of} (${percent(histogram.total, of)})`,
    `${rate}/s, p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)}`,
  ].join(", ");
}

function percent(part: number, whole: number): string {
  // Never rounded up to all when something is missing.
  return `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`;
}
