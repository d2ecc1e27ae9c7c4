import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { userObject } from "../../../src/objects/env.ts";
import type { Selection } from "../../../src/objects/inbox.ts";
import type { Mark } from "../../../src/protocol/frames.ts";
import { abort, evict, runAlarm } from "../interleavings/objects.ts";
import { Backend } from "./backend.ts";
import { type Seat, seatNames, seats, type User } from "./cast.ts";
import { Client } from "./client.ts";
import { turnOn } from "./clock.ts";
import type { Choice, Command, Step } from "./command.ts";
import { type Asked, Journal } from "./journal.ts";
import { Names } from "./names.ts";
import { Office } from "./office.ts";
import type { Pranks } from "./pranks.ts";

/** One run: new objects under new names, five devices, the backend, and what is written down of them. */
export class World {
  readonly names: Names;
  readonly journal: Journal;
  readonly office: Office;
  readonly clients: readonly Client[];
  readonly #backend: Backend;
  readonly #pranks: Pranks;

  /** @param mark a number that no other run has. */
  constructor(pranks: Pranks, mark: number) {
    this.names = new Names(mark);
    this.journal = new Journal(this.names);
    this.office = new Office(this.names, this.journal);
    this.#backend = new Backend(this.names, this.journal);
    // What did not befall anything in the run before.
    pranks.clear();
    this.#pranks = pranks;
    this.clients = seatNames.map((seat) => {
      const user = seats[seat];
      return new Client({
        seat,
        token: () => this.office.tokenOf(user),
        read: () => this.office.readAll(user),
        greeted: (offset, counts) => this.journal.told.push({ user, offset, counts }),
        blame: (fault) => this.journal.faults.push(fault),
      });
    });
  }

  stubOf(user: User): DurableObjectStub {
    return userObject(env, this.names.user(user));
  }

  /** Carries out the steps, those that are not awaited side by side with what comes after. */
  async run(steps: readonly Step[]): Promise<void> {
    let underWay: Promise<void>[] = [];
    for (const { command, isAwaited } of steps) {
      if (command.do === "pass") {
        // Whatever is asked for is answered at the time at which it was asked for.
        await Promise.all(underWay);
        underWay = [];
      }
      const task = this.#do(command).catch((error: unknown) => {
        this.journal.faults.push(`${JSON.stringify(command)} failed: ${String(error)}`);
      });
      underWay.push(task);
      if (isAwaited) await task;
    }
    await Promise.all(underWay);
    this.#pranks.clear();
  }

  /** Lets a user's alarm ring, if it is due. */
  async ring(user: User): Promise<void> {
    await this.journal.copy(user);
    const due = await runInDurableObject(this.stubOf(user), (_instance, ctx) => ctx.storage.getAlarm());
    if (due !== null && due <= Date.now()) await runAlarm(this.stubOf(user));
  }

  async #do(command: Command): Promise<void> {
    switch (command.do) {
      case "publish":
        return this.#backend.publish(command.to, command);
      case "repeat":
        return this.#backend.repeat(command.back, command.to);
      case "mark":
        return this.#mark(command.by, command.as, command.what);
      case "recall":
        return this.#recall(command.user, command.back);
      case "read":
        await this.office.read(command.user, command.query, command.limit, 3);
        return;
      case "connect":
        return this.#client(command.seat).connect(command.isFresh);
      case "drop":
        return this.#client(command.seat).drop();
      case "evict":
        return evict(this.stubOf(command.user), command.webSockets);
      case "abort":
        return abort(this.stubOf(command.user));
      case "prank":
        return this.#pranks.add(command.prank, this.names);
      case "alarm":
        return this.ring(command.user).catch(() => undefined);
      case "pass":
        return turnOn(command.minutes);
    }
  }

  async #mark(by: Seat | User, as: Mark, what: Choice): Promise<void> {
    const user = isSeat(by) ? seats[by] : by;
    const selection = this.#selection(user, what);
    if (!selection) return;
    const asked: Asked = { user, as, selection, from: this.journal.topOf(user), answered: undefined };
    this.journal.asked.push(asked);
    if (isSeat(by)) {
      const counts = await this.#client(by).mark({ as, ...selection });
      if (!counts) return;
      asked.answered = { from: asked.from, until: await this.journal.copy(user), counts };
      return;
    }
    const answer = await this.office.mark(user, as, selection);
    if (!answer) return;
    const { counts, position } = answer;
    asked.answered = { from: position.offset, until: position.offset, counts };
  }

  async #recall(user: User, back: number): Promise<void> {
    const id = this.#idsFor(user).at(-1 - back);
    if (id === undefined) return;
    const from = this.journal.topOf(user);
    const asked: Asked = { user, as: "deleted", selection: { ids: [id] }, from, answered: undefined };
    this.journal.asked.push(asked);
    if (!(await this.office.recall(user, id))) return;
    asked.answered = { from, until: await this.journal.copy(user), counts: undefined };
  }

  #selection(user: User, what: Choice): Selection | undefined {
    if (what.of === "all") {
      const { back } = what;
      return {
        all: true,
        ...(back !== undefined && { upTo: Math.max(0, this.journal.topOf(user) - back) }),
      };
    }
    const newest = this.#idsFor(user).toReversed();
    const ids = what.back.flatMap((back) => newest[back] ?? []);
    return ids.length > 0 ? { ids } : undefined;
  }

  #idsFor(user: User): string[] {
    return this.journal.published.flatMap(({ id, to }) => (to.has(user) ? id : []));
  }

  #client(seat: Seat): Client {
    const client = this.clients.find((one) => one.seat === seat);
    if (!client) throw new Error("Every seat has its client.");
    return client;
  }
}

function isSeat(by: Seat | User): by is Seat {
  return by in seats;
}
