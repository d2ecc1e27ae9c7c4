import { env } from "cloudflare:workers";
import { userObject } from "../../../src/objects/env.ts";
import { type SeatName, seatNames, type User } from "./cast.ts";
import { Client } from "./client.ts";
import type { Command, Step } from "./command.ts";
import { Ledger } from "./ledger.ts";
import { Names } from "./names.ts";
import { abort, evict, objectOf, runAlarm } from "./objects.ts";
import type { Pranks } from "./pranks.ts";
import { Publisher } from "./publisher.ts";
import { Witness } from "./witness.ts";

/** One run: new objects under new names, the clients, the publisher, and what they write down. */
export class World {
  readonly names: Names;
  readonly ledger = new Ledger();
  readonly witness = new Witness();
  readonly publisher: Publisher;
  readonly #clients: ReadonlyMap<SeatName, Client>;
  readonly #pranks: Pranks;

  /** @param mark a number that no other run has. */
  constructor(pranks: Pranks, mark: number) {
    this.names = new Names(mark);
    this.publisher = new Publisher(this.names, this.ledger);
    this.#pranks = pranks;
    this.#clients = new Map(seatNames.map((seat) => [seat, new Client(seat, this.names, this.witness)]));
  }

  get clients(): readonly Client[] {
    return [...this.#clients.values()];
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
    this.#pranks.clear();
  }

  async #do(command: Command): Promise<void> {
    switch (command.do) {
      case "connect":
        return this.#client(command.seat).connect(
          command.since,
          command.badge,
          command.isBrief ? 1 : undefined,
        );
      case "drop":
        return this.#client(command.seat).drop();
      case "follow":
        return this.#client(command.seat).follow(command.rooms, command.since);
      case "unfollow":
        return this.#client(command.seat).unfollow(command.room);
      case "renew":
        return this.#client(command.seat).renew(command.badge);
      case "publish":
        return this.publisher.publish(command.events, command.times);
      case "publishOnce":
        return this.publisher.publishOnce(command.room);
      case "repeat":
        return this.publisher.repeat(command.which);
      case "evict":
        return evict(objectOf(this.names, command.object), command.webSockets);
      case "abort":
        return abort(objectOf(this.names, command.object));
      case "prank":
        return this.#pranks.add(command.prank, this.names);
      case "disconnect":
        return this.#disconnect(command.user, command.device);
      case "alarm":
        return runAlarm(objectOf(this.names, command.object));
      case "breathe":
        return scheduler.wait(command.ms);
    }
  }

  #client(seat: SeatName): Client {
    const client = this.#clients.get(seat);
    if (!client) throw new Error("Every seat has its client.");
    return client;
  }

  /** What an operator does to a user; it may fail where the user's object dies meanwhile. */
  async #disconnect(user: User, device: string | undefined): Promise<void> {
    const which = device === undefined ? {} : { client: device };
    await Promise.resolve(userObject(env, this.names.user(user)).disconnect(which)).catch(() => 0);
  }
}
