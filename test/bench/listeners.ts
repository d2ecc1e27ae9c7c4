import { Child } from "./child.ts";
import type { Dialect } from "./dialect.ts";
import { Histogram } from "./histogram.ts";
import { begun, type Connecting, dropped, opened, pinged, tally } from "./listener-messages.ts";

/** How long a command of this sort may take beyond what it was allowed, in milliseconds. */
const PATIENCE = 120_000;

/** How opening all connections went; times in microseconds. */
export interface Opened {
  readonly took: Histogram;
  /** When the first began and the last was there. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failures: readonly string[];
}

/** What came to all connections since `begin`; times in microseconds. */
export interface Tally {
  readonly received: number;
  readonly lost: number;
  readonly repeated: number;
  readonly surplus: number;
  readonly lastAt: number;
  readonly bytes: number;
  readonly messages: number;
  readonly compressed: number;
  readonly latency: Histogram;
  readonly failures: readonly string[];
}

type Summed = "received" | "lost" | "repeated" | "surplus" | "bytes" | "messages" | "compressed";

/** The sockets of a benchmark, spread over processes. */
export class Listeners implements AsyncDisposable {
  readonly #children: readonly Child[];
  #connections = 0;

  constructor(processes: number) {
    this.#children = Array.from({ length: processes }, () => new Child("./listener.ts"));
  }

  /** Seconds of processor time that holding the sockets has cost so far. */
  get cpuSeconds(): number {
    return this.#children.reduce((sum, child) => sum + (child.usage()?.cpuSeconds ?? 0), 0);
  }

  /** Opens connections beside those that are there. */
  async connect(
    { port, dialect }: { readonly port: number; readonly dialect: Dialect },
    connections: readonly Connecting[],
    concurrency: number,
  ): Promise<Opened> {
    const first = this.#connections;
    this.#connections += connections.length;
    return this.#open(concurrency, (place, lanes) => ({
      ...{ kind: "connect", port, dialect },
      concurrency: lanes,
      connections: this.#share(connections, place, first),
    }));
  }

  async resume(concurrency: number): Promise<Opened> {
    return this.#open(concurrency, (_, lanes) => ({ kind: "resume", concurrency: lanes }));
  }

  /** Gives a sign of life on each connection. */
  async ping(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.ask({ kind: "ping" }, pinged, PATIENCE)));
  }

  async begin(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.ask({ kind: "begin" }, begun, PATIENCE)));
  }

  async drop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.ask({ kind: "drop" }, dropped, PATIENCE)));
  }

  /** Waits until each connection has got its count of events, or so long. */
  async expect(counts: readonly number[], milliseconds: number): Promise<Tally> {
    const answers = await Promise.all(
      this.#children.map((child, place) => {
        const command = { kind: "expect", counts: this.#share(counts, place), milliseconds };
        return child.ask(command, tally, milliseconds + PATIENCE);
      }),
    );
    const sum = (name: Summed) => answers.reduce((total, answer) => total + answer[name], 0);
    const latency = new Histogram();
    for (const answer of answers) latency.add(answer.latency);
    return {
      received: sum("received"),
      lost: sum("lost"),
      repeated: sum("repeated"),
      surplus: sum("surplus"),
      bytes: sum("bytes"),
      messages: sum("messages"),
      compressed: sum("compressed"),
      lastAt: Math.max(...answers.map(({ lastAt }) => lastAt)),
      latency,
      failures: answers.flatMap(({ failures }) => failures),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map((child) => child[Symbol.asyncDispose]()));
  }

  async #open(
    concurrency: number,
    command: (place: number, lanes: number) => { readonly kind: string },
  ): Promise<Opened> {
    const lanes = Math.ceil(concurrency / this.#children.length);
    const answers = await Promise.all(
      this.#children.map((child, place) => child.ask(command(place, lanes), opened, PATIENCE)),
    );
    const took = new Histogram();
    for (const answer of answers) took.add(answer.took);
    const startedAt = Math.min(...answers.map((answer) => answer.startedAt));
    const endedAt = Math.max(...answers.map((answer) => answer.endedAt));
    return { took, startedAt, endedAt, failures: answers.flatMap(({ failures }) => failures) };
  }

  /** Connections go round: the first to the first process, the second to the second. `first` is the first's number. */
  #share<Item>(items: readonly Item[], place: number, first = 0): Item[] {
    return items.filter((_, index) => (first + index) % this.#children.length === place);
  }
}
