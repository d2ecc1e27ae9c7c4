import { pair, type User } from "./cast.ts";

/** What everything is called in one run: no other run uses these names, so each begins with new objects. */
export class Names {
  readonly #mark: string;

  /** @param mark a number that no other run has. */
  constructor(mark: number) {
    this.#mark = `inbox-${mark}`;
  }

  user(user: User): string {
    return `${user}-${this.#mark}`;
  }

  /** The role that the users of a target hold. */
  role(target: "pair" | "all"): string {
    return `${target}-${this.#mark}`;
  }

  roles(user: User): string[] {
    return [this.role("all"), ...(pair.includes(user) ? [this.role("pair")] : [])];
  }

  notification(n: number): string {
    return `n${n}-${this.#mark}`;
  }
}
