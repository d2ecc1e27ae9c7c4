import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { userToken } from "../support/token.ts";
import { makeCast } from "./cast.ts";
import { type ConnectionFigures, connectionFiguresOf } from "./connection-figures.ts";
import { Entitlement } from "./entitlement.ts";
import { finale } from "./finale.ts";
import { Listener } from "./listener.ts";
import { Operator } from "./operator.ts";
import type { ChaosOptions } from "./options.ts";
import { Publisher } from "./publisher.ts";
import { Random } from "./random.ts";
import { PublishRecord } from "./record.ts";
import { Saboteur } from "./saboteur.ts";
import { Server } from "./server.ts";
import { Judge, type Verdict } from "./verdict.ts";
import { WebhookBook, type WebhookFigures } from "./webhook-book.ts";

export interface RunOptions extends ChaosOptions {
  /** Told what is going on. */
  readonly progress: (what: string) => void;
  /** Aborted when the run shall end early. */
  readonly stop: AbortSignal;
}

/** The figures of one run. */
export interface Outcome extends Verdict {
  readonly published: number;
  /** Of what was answered, what was posted once more. */
  readonly again: number;
  /** What was published each second, outages included. */
  readonly perSecond: number;
  readonly acknowledged: number;
  /** What the protocol does not have: of the answers to publishers, and of what clients saw. */
  readonly faults: readonly string[];
  readonly connections: ConnectionFigures;
  readonly kills: { readonly count: number; readonly where: string };
  readonly aborts: { readonly count: number; readonly where: string };
  /** Dead letters that there were, and those that were delivered by a retry. */
  readonly letters: { readonly seen: number; readonly retried: number };
  readonly webhooks: WebhookFigures;
  /** What the service printed last. */
  readonly output: string;
}

/** How often a last broadcast is sent: once for so many kills. */
const KILLS_PER_BROADCAST = 5;
/** How long clients may take to become live and to get the last of what was published, in ms. */
const SETTLING = 60_000;

/** Runs the service, its clients and its backends, with everything that is done to them, and judges. */
export async function run(options: RunOptions): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "carillon-chaos-"));
  try {
    const storage = join(folder, "storage");
    await mkdir(storage);
    return await runIn(folder, storage, options);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function runIn(folder: string, storage: string, options: RunOptions): Promise<Outcome> {
  const { seed, clients, kills, aborts, seconds, rate, progress, stop } = options;
  const random = new Random(seed);
  const secrets = {
    ...{ publishKey: randomBytes(24).toString("hex"), jwtSecret: randomBytes(32).toString("hex") },
    webhookSecret: randomBytes(32).toString("hex"),
  };
  progress("building the Worker");
  await using webhooks = await WebhookBook.start(secrets.webhookSecret, random.of("webhooks"));
  await using server = await Server.start(folder, storage, secrets, webhooks.url);
  const cast = makeCast(clients, random.of("cast"));
  const listeners = await Promise.all(
    cast.parts.map(async (part) => {
      const token = await userToken(secrets, {
        sub: part.user,
        roles: [part.role],
        tenants: [part.tenant],
      });
      return new Listener({
        part,
        token,
        address: () => server.address("http"),
        random: random.of(part.client),
        arriving: (one) => saboteur.ambush(one),
      });
    }),
  );
  const record = new PublishRecord();
  const entitlement = new Entitlement(listeners, record);
  const over = new AbortController();
  const publisher = new Publisher({
    ...{ cast, rate, record, random: random.of("publisher"), key: secrets.publishKey, over: over.signal },
    address: () => server.address("http"),
  });
  const operator = new Operator({
    ...{ record, key: secrets.publishKey },
    address: () => server.address("http"),
  });
  const sabotage = { kills, aborts, duration: seconds * 1000, random: random.of("saboteur"), stop };
  const saboteur = new Saboteur({ server, cast, listeners, ...sabotage });
  const areLive = (those: readonly Listener[]) =>
    until(() => those.every(({ isLive }) => isLive), SETTLING, stop);
  try {
    progress(`connecting ${clients} clients of ${cast.users.length} users, in ${cast.rooms.length} rooms`);
    const punctual = listeners.filter(({ part }) => part.habit !== "late");
    for (const listener of punctual) listener.start();
    await areLive(punctual);
    // Who gets this is known to the audience.
    await publisher.publishTo({ everyone: true });
    await until(() => punctual.every((listener) => entitlement.isKnown(listener)), SETTLING, stop);
    progress(`${kills} kills and ${aborts} aborts in ${seconds} s and more`);
    const startedAt = performance.now();
    const looked = operator.run(over.signal);
    const end = new AbortController();
    const running = [publisher.run(end.signal), ...listeners.map((listener) => listener.run(end.signal))];
    await saboteur.run().finally(() => end.abort());
    const perSecond = record.published / ((performance.now() - startedAt) / 1000);
    progress("waiting for the last answers");
    await Promise.all(running);
    await areLive(listeners);
    progress("aborting the last event of each log on its way");
    const settled = async () => {
      await until(() => entitlement.isFulfilled, SETTLING, stop);
      return entitlement.isFulfilled;
    };
    const last = { cast, server, publisher, saboteur, random: random.of("finale"), settled };
    await finale({ ...last, broadcasts: Math.ceil((kills + 1) / KILLS_PER_BROADCAST) });
    progress("waiting until everybody has everything");
    await settled();
    await until(() => record.unretried.length === 0, SETTLING, stop);
    await until(() => webhooks.isComplete(), SETTLING, stop);
    over.abort();
    await looked;
    const unretried = record.unretried.map(({ posted, channel }) => {
      return `${posted.id} on ${channel} was to be given up by the queue, and is no dead letter.`;
    });
    const absent = listeners
      .filter(({ isLive }) => !isLive)
      .map(({ part, standing }) => `${part.client} is not back: ${standing}`);
    return {
      ...new Judge(record, entitlement).judge(listeners),
      published: record.published,
      again: record.again,
      perSecond,
      acknowledged: record.acknowledged,
      faults: [
        ...[...record.faults, ...unretried, ...listeners.flatMap(({ faults }) => faults), ...absent],
        ...(await webhooks.judge(cast)),
      ],
      connections: connectionFiguresOf(listeners),
      kills: { count: saboteur.kills.total, where: `${saboteur.kills}` },
      aborts: { count: saboteur.aborts.total, where: `${saboteur.aborts}` },
      letters: operator.letters,
      webhooks: webhooks.figures,
      output: server.output(),
    };
  } catch (error) {
    // Said as it was meant, not as what it did to whatever was awaited.
    stop.throwIfAborted();
    throw error;
  } finally {
    over.abort();
    for (const listener of listeners) listener.stop();
  }
}

/** Waits until something holds, but not for ever: what is missing then, the judgement tells. */
async function until(
  holds: () => boolean | Promise<boolean>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await holds()) && performance.now() < end) await wait(50, undefined, { signal });
}
