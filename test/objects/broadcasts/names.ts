import { type Role, type User, users } from "./cast.ts";

/** What everybody and every role is called in one run, so that users lie in other shards each time. */
export class Names {
  readonly #mark: string;

  /** @param mark a number that no other run has. */
  constructor(mark: number) {
    this.#mark = `broadcast-${mark}`;
  }

  user(user: User): string {
    return `${user}-${this.#mark}`;
  }

  role(role: Role): string {
    return `${role}-${this.#mark}`;
  }

  /** The name of a user's log, and of the channel on which a user is sent what is for a role or for everyone. */
  log(user: User): string {
    return `user:${this.user(user)}`;
  }

  /** The audience's own channel. */
  channel(role: Role): string {
    return `notifications:role:${this.role(role)}`;
  }

  userOf(name: string): User | undefined {
    return users.find((user) => name === this.user(user));
  }
}
