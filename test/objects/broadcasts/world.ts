import { env, exports } from "cloudflare:workers";
import { issueDevToken } from "../../../src/auth/dev-token.ts";
import { settingsOf } from "../../../src/config/settings.ts";
import { abort, evict, runAlarm } from "../interleavings/objects.ts";
import { ORIGIN } from "../listener.ts";
import { type ObjectKey, rolesOf, type SeatName, seatNames, shards, type User } from "./cast.ts";
import { Client } from "./client.ts";
import type { Command, Step } from "./command.ts";
import { Ledger } from "./ledger.ts";
import { Names } from "./names.ts";
import { changeSettings, objectOf } from "./objects.ts";
import type { Pranks } from "./pranks.ts";
import { Publisher } from "./publisher.ts";
import { Witness } from "./witness.ts";

/** One run: new names, the clients, the publisher, and what they write down. */
export class World {
  readonly names: Names;
  readonly ledger: Ledger;
  readonly witness = new Witness();
  readonly publisher: Publisher;
  readonly clients: readonly Client[];
  readonly #pranks: Pranks;

  /** @param mark a number that no other run has. */
  constructor(pranks: Pranks, mark: number) {
    this.names = new Names(mark);
    this.ledger = new Ledger(this.names);
    this.publisher = new Publisher(this.names, this.ledger, this.witness);
    this.clients = seatNames.map((seat) => new Client(seat, this.names, this.witness));
    // What did not befall anything in the run before.
    pranks.clear();
    this.#pranks = pranks;
  }

  client(seat: SeatName): Client {
    const client = this.clients.find(({ name }) => name === seat);
    if (!client) throw new Error("Every seat has its client.");
    return client;
  }

  /** Carries out the steps, those that are not awaited side by side with what comes after. */
  async run(steps: readonly Step[]): Promise<void> {
    const underWay: Promise<void>[] = [];
    for (const { command, isAwaited } of steps) {
      const task = this.#do(command).catch((error: unknown) =>
        this.witness.blame(`${JSON.stringify(command)} failed: ${String(error)}`),
      );
      underWay.push(task);
      if (isAwaited) await task;
    }
    await Promise.all(underWay);
  }

  /** From now on nothing goes wrong any more. */
  calm(): void {
    this.#pranks.clear();
  }

  async #do(command: Command): Promise<void> {
    switch (command.do) {
      case "connect":
        return this.client(command.seat).connect(command.since);
      case "drop":
        return this.client(command.seat).drop();
      case "poll":
        return this.#poll(command.user);
      case "broadcast":
        return this.publisher.broadcast(command.events, command.times, command.isPatient);
      case "repeat":
        return this.publisher.repeat(command.which);
      case "evict":
        return evict(objectOf(this.names, command.object), command.webSockets);
      case "abort":
        return this.#abort(command.object);
      case "alarm":
        return runAlarm(objectOf(this.names, command.object));
      case "prank":
        return this.#pranks.add(command.prank, this.names);
      case "shards":
        return changeSettings({ AUDIENCE_SHARDS: command.count });
      case "breathe":
        return scheduler.wait(command.ms);
    }
  }

  async #abort(object: ObjectKey | "shards"): Promise<void> {
    const killed = object === "shards" ? shards : [object];
    await Promise.all(killed.map((key) => abort(objectOf(this.names, key))));
  }

  /** A client that polls: the user's log takes in what was missed. It may fail where an object dies meanwhile. */
  async #poll(user: User): Promise<void> {
    const roles = rolesOf[user].map((role) => this.names.role(role));
    const request = { userId: this.names.user(user), roles };
    const { token } = await issueDevToken(request, settingsOf(env), Date.now());
    const response = await exports.default.fetch(`${ORIGIN}/events?since=0.0`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const text = await response.text();
    if (response.status === 200 && text.includes('"recovered":false')) {
      this.witness.blame(`${user} polled, and something was gone`);
    }
  }
}
