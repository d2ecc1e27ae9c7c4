import { setTimeout as wait } from "node:timers/promises";
import { microseconds } from "./clock.ts";
import { serveCommands } from "./command-loop.ts";
import { Histogram } from "./histogram.ts";
import { type Poster, posterFor } from "./poster.ts";
import { type Published, type PublisherCommand, publisherCommand } from "./publisher-messages.ts";

/** Failures that are told; one says as much as a thousand. */
const TOLD = 3;

/** The process that plays the backend of a benchmark. */
serveCommands(publisherCommand, async (command): Promise<Published> => {
  const run = new Run(command);
  const startedAt = microseconds();
  await run.whole();
  const { counts, refused, failures, answered } = run;
  return {
    kind: "published",
    counts,
    refused,
    failures: failures.slice(0, TOLD),
    startedAt,
    answered: answered.toData(),
  };
});

class Run {
  readonly counts: number[];
  readonly failures: string[] = [];
  readonly answered = new Histogram();
  refused = 0;
  readonly #command: PublisherCommand;
  readonly #post: Poster;
  readonly #padding: string;
  readonly #random = seededRandom(1);

  constructor(command: PublisherCommand) {
    this.#command = command;
    this.#post = posterFor(command);
    this.#padding = "x".repeat(command.padding);
    this.counts = command.targets.map(() => 0);
  }

  async whole(): Promise<void> {
    const { pace, targets, batch } = this.#command;
    if (pace.kind === "steady") return this.#steadily(pace.perSecond, pace.seconds);
    if (pace.kind === "flood") {
      const end = microseconds() + pace.seconds * 1_000_000;
      return inLanes(pace.publishers, async () => {
        while (microseconds() < end) await this.#publish(this.#atRandom());
      });
    }
    const all = Array.from({ length: pace.times }, () => [...targets.keys()]).flat();
    const requests = chunks(all, batch).values();
    return inLanes(pace.publishers, async () => {
      for (const places of requests) await this.#publish(places);
    });
  }

  /** Requests begin when they are due even if earlier ones are not answered: a slow server must not slow its load. */
  async #steadily(perSecond: number, seconds: number): Promise<void> {
    const startedAt = microseconds();
    const under: Promise<void>[] = [];
    for (let count = 0; count < perSecond * seconds; count += this.#command.batch) {
      const due = startedAt + (count / perSecond) * 1_000_000;
      const early = (due - microseconds()) / 1000;
      if (early > 0) await wait(early);
      under.push(this.#publish(this.#atRandom()));
    }
    await Promise.all(under);
  }

  #atRandom(): number[] {
    const { targets, batch } = this.#command;
    return Array.from({ length: batch }, () => Math.floor(this.#random() * targets.length));
  }

  /** Publishes one request's events, each to the target at its place. */
  async #publish(places: readonly number[]): Promise<void> {
    const sent = Math.round(microseconds());
    const data = { sent, pad: this.#padding };
    try {
      const refusals = await this.#post(places.map((place) => ({ place, data })));
      for (const [index, place] of places.entries()) {
        const why = refusals[index];
        if (why === undefined) this.counts[place] = (this.counts[place] ?? 0) + 1;
        else this.#fail(1, why);
      }
    } catch (error) {
      this.#fail(places.length, error instanceof Error ? error.message : String(error));
    }
    this.answered.record(microseconds() - sent);
  }

  #fail(events: number, why: string): void {
    this.refused += events;
    this.failures.push(why);
  }
}

async function inLanes(lanes: number, lane: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, lane));
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** The same numbers in each run (mulberry32), so that each server gets the same load. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
