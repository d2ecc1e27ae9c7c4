import { env } from "cloudflare:workers";
import { audienceShard, roomObject, userObject } from "../../../src/objects/env.ts";
import { runAlarm } from "../interleavings/objects.ts";
import { sleepAll } from "../listener.ts";
import { Backend } from "./backend.ts";
import { type Room, rooms, type User, users } from "./cast.ts";
import { turnOn } from "./clock.ts";
import type { Command, Step } from "./command.ts";
import { Devices } from "./devices.ts";
import { Pollers } from "./pollers.ts";
import { Publisher } from "./publisher.ts";
import { Scene } from "./scene.ts";

/** One run. */
export class World {
  readonly scene = new Scene();
  readonly publisher = new Publisher(this.scene.ledger, this.scene.witness);
  readonly pollers = new Pollers(this.scene);
  readonly #devices = new Devices(this.scene);
  readonly #backend = new Backend(this.scene);

  /** Carries out the steps, those that are not awaited side by side with what comes after. */
  async run(steps: readonly Step[]): Promise<void> {
    const underWay: Promise<void>[] = [];
    for (const { command, isAwaited } of steps) {
      // Nobody could say what was brief before the clock is turned on and what after it.
      if (command.do === "age") await Promise.all(underWay);
      const task = this.#do(command).catch((error: unknown) =>
        this.scene.witness.blame(`${JSON.stringify(command)} failed: ${String(error)}`),
      );
      underWay.push(task);
      if (isAwaited || command.do === "age") await task;
    }
    await Promise.all(underWay);
  }

  /** Everybody leaves. */
  async close(): Promise<void> {
    await Promise.all(this.scene.open().map((session) => session.leave()));
  }

  async #do(command: Command): Promise<void> {
    switch (command.do) {
      case "connect":
        return this.#devices.connect(command.seat, command.badge, command.since);
      case "drop":
        return this.#devices.drop(command.seat);
      case "renew":
        return this.#devices.renew(command.seat, command.badge);
      case "follow":
        return this.#devices.follow(command.seat, command.room, command.since);
      case "say":
        return this.#backend.say(command.user, command.statement);
      case "revoke":
        return this.#backend.revoke(command.user, command.device);
      case "poll":
        return this.pollers.poll(command.user, command.badge, command.since, command.limit);
      case "pollRoom": {
        const { user, badge, room, isBackwards, limit } = command;
        return this.pollers.pollRoom(user, badge, room, isBackwards, limit);
      }
      case "publish":
        return this.publisher.publish(command.events);
      case "repeat":
        return this.publisher.repeat(command.which);
      case "sleep":
        return this.#sleep(command.object);
      case "age":
        return this.#age();
      case "breathe":
        return scheduler.wait(command.ms);
    }
  }

  async #sleep(object: User | Room | number): Promise<void> {
    if (typeof object === "number") return sleepAll(audienceShard(env, object));
    const room = rooms.find((name) => name === object);
    await sleepAll(room ? roomObject(env, room) : userObject(env, object));
  }

  /** Time passes: what is brief is over, and whoever came with a brief credential is put out. */
  async #age(): Promise<void> {
    turnOn();
    await Promise.all(this.scene.open().map((session) => session.catchUp()));
    this.scene.ledger.age();
    for (const user of users) this.scene.member(user).ages();
    await Promise.all([
      ...users.map((user) => runAlarm(userObject(env, user))),
      ...rooms.map((room) => runAlarm(roomObject(env, room))),
    ]);
    for (const session of this.scene.open().filter(({ badge }) => badge.isBrief)) {
      await session.until(() => session.isOver, "the end of a brief credential");
    }
  }
}
