import type { Aim } from "../../../src/objects/aim.ts";
import { type AimName, aims, isUser, type LogKey, logs, type Room, type Target, type User } from "./cast.ts";

/** What everything is called in one run: no other run uses these names, so each begins with new objects. */
export class Names {
  readonly #mark: string;

  /** @param mark a number that no other run has. */
  constructor(mark: number) {
    this.#mark = `interleaving-${mark}`;
  }

  user(user: User): string {
    return `${user}-${this.#mark}`;
  }

  room(room: Room): string {
    switch (room) {
      case "lobby":
        return `room:lobby-${this.#mark}`;
      case "clinic7":
        return `clinic:7:queue-${this.#mark}`;
      case "clinic8":
        return `clinic:8:queue-${this.#mark}`;
    }
  }

  /** The name of a log in `skip` and `live` frames. */
  log(log: LogKey): string {
    return isUser(log) ? `user:${this.user(log)}` : this.room(log);
  }

  channel(target: Target): string {
    switch (target) {
      case "anna:bills":
        return `${this.log("anna")}:bills`;
      case "ben:bills":
        return `${this.log("ben")}:bills`;
      case "carol:bills":
        return `${this.log("carol")}:bills`;
      default:
        return this.log(target);
    }
  }

  /** The log in which events of a channel lie. */
  logOf(channel: string): LogKey | undefined {
    return logs.find(
      (log) => channel === this.log(log) || (isUser(log) && channel.startsWith(`${this.log(log)}:`)),
    );
  }

  aim(name: AimName | undefined): Aim | undefined {
    switch (name) {
      case undefined:
        return undefined;
      case "annaOnly":
        return { only: { users: [this.user("anna")] } };
      case "notBen":
        return { except: { user: this.user("ben") } };
      default:
        return aims[name];
    }
  }
}
