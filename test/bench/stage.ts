import type { Audience } from "./audience.ts";
import { Child } from "./child.ts";
import { Histogram } from "./histogram.ts";
import { Listeners, type Tally } from "./listeners.ts";
import type { Load } from "./load.ts";
import { type ConnectRow, type PublishRow, type ResumeRow, spreadOf } from "./measurement.ts";
import { type Pace, type Published, type PublisherCommand, published } from "./publisher-messages.ts";
import type { Contender, Secrets, Server } from "./server.ts";

/** How long a publisher may take beyond the time that its pace says, in milliseconds. */
const PATIENCE = 120_000;
/** Requests and connections under way at once where only the outcome matters. */
const LANES = 16;

export interface StageOptions {
  readonly contender: Contender;
  readonly secrets: Secrets;
  /** A folder for the server's files. */
  readonly folder: string;
  readonly audience: Audience;
  /** Processes that hold the sockets. */
  readonly listeners: number;
  /** Characters of padding in each event's data. */
  readonly padding: number;
  /** How long an event that was published may be on its way, in milliseconds; what comes later counts as lost. */
  readonly arrival: number;
}

/** One server with one audience, and the processes that load it. Each method measures one row. */
export class Stage implements AsyncDisposable {
  readonly #options: StageOptions;
  readonly #server: Server;
  readonly #listeners: Listeners;
  readonly #publisher = new Child("./publisher.ts");
  #connected = 0;

  static async open(options: StageOptions): Promise<Stage> {
    return new Stage(options, await options.contender.start(options.secrets, options.folder));
  }

  constructor(options: StageOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    this.#listeners = new Listeners(options.listeners);
  }

  /**
   * Opens the next so many of the audience's connections.
   *
   * @param concurrency how many are opened at once.
   */
  async connect(count: number, concurrency: number): Promise<ConnectRow> {
    const those = this.#options.audience.connections.slice(this.#connected, this.#connected + count);
    const sockets = those.length;
    this.#connected += sockets;
    const before = this.#server.usage();
    const opened = await this.#listeners.connect(this.#server.port, those, concurrency);
    const after = this.#server.usage();
    const growth = after && before && (after.residentBytes - before.residentBytes) / sockets;
    return {
      kind: "connect",
      ...this.#row(opened.failures),
      sockets,
      concurrency,
      failed: opened.failures.length,
      perSecond: opened.took.total / seconds(opened.duration),
      took: spreadOf(opened.took),
      cpuPerSocket: after && before && micro(after.cpuSeconds - before.cpuSeconds) / sockets,
      bytesPerSocket: growth,
    };
  }

  /** Lets everything happen once before it is measured: compilers warm up, each object makes its tables. */
  async warmUp(): Promise<void> {
    const times = this.#options.audience.targets.length === 1 ? 2 * LANES : 1;
    await this.#publish(1, { kind: "each", publishers: LANES, times });
  }

  async publish({ name, batch, pace }: Load): Promise<PublishRow> {
    const before = this.#server.usage();
    const listenedBefore = this.#listeners.cpuSeconds;
    const { answer, tally } = await this.#publish(batch, pace);
    const after = this.#server.usage();
    const listened = this.#listeners.cpuSeconds - listenedBefore;
    const took = seconds(tally.lastAt - answer.startedAt);
    const events = answer.counts.reduce((sum, count) => sum + count, 0);
    const cpu = after && before && after.cpuSeconds - before.cpuSeconds;
    const answered = new Histogram();
    answered.add(answer.answered);
    return {
      kind: "publish",
      ...this.#row([...answer.failures, ...tally.failures]),
      load: name,
      batch,
      seconds: took,
      events,
      refused: answer.refused,
      deliveries: tally.received,
      perSecond: tally.received / took,
      lost: tally.lost,
      repeated: tally.repeated,
      surplus: tally.surplus,
      latency: spreadOf(tally.latency),
      answered: spreadOf(answered),
      cpuPerDelivery: cpu === undefined ? undefined : micro(cpu) / tally.received,
      cpuPerEvent: cpu === undefined ? undefined : micro(cpu) / events,
      serverCores: cpu === undefined ? undefined : cpu / took,
      listenerCores: listened / took,
    };
  }

  /** @param missed events that are published to each target while nobody is connected. */
  async resume(missed: number): Promise<ResumeRow> {
    const { audience } = this.#options;
    await this.#listeners.begin();
    await this.#listeners.drop();
    const pace: Pace = { kind: "each", publishers: LANES, times: missed };
    const answer = await this.#post(1, pace);
    const before = this.#server.usage();
    // All at once: this is what happens when a network comes back.
    const opened = await this.#listeners.resume(audience.connections.length);
    const tally = await this.#expect(answer);
    const after = this.#server.usage();
    const failures = [...answer.failures, ...opened.failures, ...tally.failures];
    return {
      kind: "resume",
      ...this.#row(failures),
      missed,
      failed: opened.failures.length,
      lost: tally.lost,
      repeated: tally.repeated + tally.surplus,
      seconds: seconds(opened.duration),
      took: spreadOf(opened.took),
      cpuPerSocket: after && before && micro(after.cpuSeconds - before.cpuSeconds) / this.#connected,
    };
  }

  /** What the server has printed. */
  output(): string {
    return this.#server.output();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [this.#publisher, this.#listeners, this.#server].map((part) => part[Symbol.asyncDispose]()),
    );
  }

  async #publish(batch: number, pace: Pace): Promise<{ answer: Published; tally: Tally }> {
    await this.#listeners.begin();
    const answer = await this.#post(batch, pace);
    return { answer, tally: await this.#expect(answer) };
  }

  #post(batch: number, pace: Pace): Promise<Published> {
    const { audience, secrets, padding } = this.#options;
    const command: PublisherCommand = {
      kind: "publish",
      port: this.#server.port,
      key: secrets.publishKey,
      targets: [...audience.targets],
      batch,
      padding,
      pace,
    };
    const planned = pace.kind === "each" ? 0 : pace.seconds * 1000;
    return this.#publisher.ask(command, published, planned + PATIENCE);
  }

  #expect({ counts }: Published): Promise<Tally> {
    const { audience, arrival } = this.#options;
    const expected = audience.connections.map((_, index) => counts[audience.targetOf(index)] ?? 0);
    return this.#listeners.expect(expected, arrival);
  }

  #row(failures: readonly string[]) {
    const { contender, audience } = this.#options;
    const names = { server: contender.name, audience: audience.name };
    return { ...names, sockets: this.#connected, failures: [...new Set(failures)] };
  }
}

function seconds(microseconds: number): number {
  return microseconds / 1_000_000;
}

function micro(seconds: number): number {
  return seconds * 1_000_000;
}
