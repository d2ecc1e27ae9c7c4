import { setTimeout as wait } from "node:timers/promises";
import type { Audience } from "./audience.ts";
import { broadcastRow, type Round } from "./broadcast-row.ts";
import { calmCounts } from "./calm-counts.ts";
import { Child } from "./child.ts";
import { connectRow } from "./connect-row.ts";
import type { CountsAnswer } from "./counts.ts";
import { Listeners, type Tally } from "./listeners.ts";
import type { BroadcastLoad, Load } from "./load.ts";
import type { BroadcastRow, ConnectRow, PublishRow, ResumeRow } from "./measurement.ts";
import { secondsBetween } from "./process-usage.ts";
import { publishRow } from "./publish-row.ts";
import { type Pace, type Published, type PublisherCommand, published } from "./publisher-messages.ts";
import { resumeRow } from "./resume-row.ts";
import type { Contender, Secrets, Server } from "./server.ts";

/** How long a publisher may take beyond the time that its pace says, in milliseconds. */
const PATIENCE = 120_000;
/** Deliveries of a room that are enough to warm up. */
const WARMING_DELIVERIES = 100_000;
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
    const { contender, audience, secrets, folder } = options;
    const compresses = audience.name === "deflate";
    const start = (compresses && contender.startCompressing) || contender.start;
    return new Stage(options, await start(secrets, folder));
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
    const { port } = this.#server;
    const { dialect } = this.#options.contender;
    const opened = await this.#listeners.connect({ port, dialect }, those, concurrency);
    const after = this.#server.usage();
    const row = connectRow({ opened, sockets, concurrency, before, after });
    return { ...this.#row(opened.failures), connected: this.#connected, ...row };
  }

  /** Lets everything happen once before it is measured: compilers warm up, each object makes its tables. */
  async warmUp(): Promise<void> {
    const { name } = this.#options.audience;
    const times = name === "users" ? 1 : name === "broadcast" ? 3 : this.#warmingEvents;
    await this.#publish(1, { kind: "each", publishers: LANES, times });
  }

  /** In a large room each event is many deliveries already. */
  get #warmingEvents(): number {
    return Math.max(LANES / 4, Math.min(2 * LANES, Math.round(WARMING_DELIVERIES / this.#connected)));
  }

  async publish(load: Load): Promise<PublishRow> {
    const before = this.#server.usage();
    const listenedBefore = this.#listeners.cpuSeconds;
    const { answer, tally } = await this.#publish(load.batch, load.pace);
    const serverSeconds = secondsBetween(before, this.#server.usage());
    const listenerSeconds = this.#listeners.cpuSeconds - listenedBefore;
    return {
      ...this.#row([...answer.failures, ...tally.failures]),
      ...publishRow(load, { answer, tally, serverSeconds, listenerSeconds }),
    };
  }

  /** Broadcasts again and again, each time when the one before has reached everybody, for so long and at least once. */
  async broadcast(load: BroadcastLoad, atLeast: number): Promise<BroadcastRow> {
    if (load.silence > 0) await wait(load.silence * 1000);
    const before = this.#server.usage();
    const end = performance.now() + (load.silence > 0 ? 0 : atLeast * 1000);
    const rounds: Round[] = [];
    const pace: Pace = { kind: "each", publishers: 1, times: load.batch };
    do rounds.push(await this.#publish(load.batch, pace, [load.target], load.isNotified));
    while (performance.now() < end);
    const cpuSeconds = secondsBetween(before, this.#server.usage());
    const failures = rounds.flatMap(({ answer, tally }) => [...answer.failures, ...tally.failures]);
    return { ...this.#row(failures), ...broadcastRow(load, rounds, cpuSeconds) };
  }

  /** @param missed events that are published while nobody is connected, to each of the targets at these places. */
  async resume(missed: number, places = this.#places): Promise<ResumeRow> {
    await this.drop();
    return await this.comeBack(await this.publishUnheard(missed, places), missed, places);
  }

  /** Gives a sign of life on each connection. */
  ping(): Promise<void> {
    return this.#listeners.ping();
  }

  /** Breaks all connections. */
  async drop(): Promise<void> {
    await this.#listeners.begin();
    await this.#listeners.drop();
  }

  /** Publishes while nobody is there: so many events to each of the targets at these places. */
  publishUnheard(missed: number, places: readonly number[]): Promise<Published> {
    return this.#post(1, { kind: "each", publishers: LANES, times: missed }, places);
  }

  /** All connections come back from where they stood, at once: this is what happens when a network does. */
  async comeBack(answer: Published, missed: number, places: readonly number[]): Promise<ResumeRow> {
    const before = this.#server.usage();
    const opened = await this.#listeners.resume(this.#options.audience.connections.length);
    const tally = await this.#expect(answer, places);
    const cpu = secondsBetween(before, this.#server.usage());
    const failures = [...answer.failures, ...opened.failures, ...tally.failures];
    return {
      ...this.#row(failures),
      ...resumeRow({ missed, opened, tally, serverSeconds: cpu }, this.#connected),
    };
  }

  /** What the server has counted of itself, once nothing happens there any more. */
  counts(): Promise<CountsAnswer> {
    return calmCounts(this.#server.port);
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

  async #publish(batch: number, pace: Pace, places = this.#places, isNotified = false): Promise<Round> {
    await this.#listeners.begin();
    const answer = await this.#post(batch, pace, places, isNotified);
    return { answer, tally: await this.#expect(answer, places, isNotified ? 2 : 1) };
  }

  /** All targets, by their places. */
  get #places(): readonly number[] {
    return [...this.#options.audience.targets.keys()];
  }

  #post(batch: number, pace: Pace, places: readonly number[], isNotified = false): Promise<Published> {
    const { contender, audience, secrets, padding } = this.#options;
    const command: PublisherCommand = {
      kind: "publish",
      port: this.#server.port,
      dialect: contender.dialect,
      key: secrets.publishKey,
      targets: places.flatMap((place) => audience.targets[place] ?? []),
      batch,
      padding,
      isNotified,
      pace,
    };
    const planned = pace.kind === "each" ? 0 : pace.seconds * 1000;
    return this.#publisher.ask(command, published, planned + PATIENCE);
  }

  #expect({ counts }: Published, places: readonly number[], entries = 1): Promise<Tally> {
    const { audience, arrival } = this.#options;
    const published = new Map(places.map((place, index) => [place, (counts[index] ?? 0) * entries]));
    const expected = audience.connections.map((_, index) =>
      audience.targetsOf(index).reduce((sum, place) => sum + (published.get(place) ?? 0), 0),
    );
    return this.#listeners.expect(expected, arrival);
  }

  #row(failures: readonly string[]) {
    const { contender, audience } = this.#options;
    const names = { server: contender.name, audience: audience.name };
    return { ...names, sockets: this.#connected, failures: [...new Set(failures)] };
  }
}
