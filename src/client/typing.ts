import type { Store, Undo } from "./api.ts";
import { hasFields } from "./json.ts";
import type { Platform, Timer } from "./platform.ts";
import type { Value } from "./value.ts";

/** How often at most the service is told, in ms; it believes it for 5 s. */
const TELL_EVERY = 3000;
/** Who does not go on for so long, in ms, has stopped. */
const PAUSE = 4000;
/** What nobody has repeated or ended for so long, in ms, is over: the line was cut meanwhile (rule E4). */
const FORGOTTEN = 10_000;

export interface TypingOptions {
  readonly platform: Platform;
  /** Tells the room, unless there is no connection: late it would be wrong. */
  tell(isTyping: boolean): void;
}

/** Who is typing in a room, and that oneself is. */
export class Typing implements Store<readonly string[]> {
  readonly #options: TypingOptions;
  readonly #users: Value<readonly string[]>;
  readonly #ends = new Map<string, Timer>();
  #toldAt = Number.NEGATIVE_INFINITY;
  #pause: Timer | undefined;

  constructor(options: TypingOptions, users: Value<readonly string[]>) {
    this.#options = options;
    this.#users = users;
  }

  get(): readonly string[] {
    return this.#users.get();
  }

  subscribe(listener: () => void): Undo {
    return this.#users.subscribe(listener);
  }

  /** Somebody else said something of it. */
  hear(user: string, data: unknown): void {
    const hasEnded = hasFields(data, "isTyping") && data.isTyping === false;
    const { platform } = this.#options;
    platform.clearTimeout(this.#ends.get(user));
    this.#ends.delete(user);
    if (!hasEnded)
      this.#ends.set(
        user,
        platform.setTimeout(() => this.hear(user, { isTyping: false }), FORGOTTEN),
      );
    const users = [...this.#ends.keys()];
    if (users.join("\n") !== this.get().join("\n")) this.#users.set(users);
  }

  start(): void {
    const { platform, tell } = this.#options;
    platform.clearTimeout(this.#pause);
    this.#pause = platform.setTimeout(() => this.stop(), PAUSE);
    if (platform.now() < this.#toldAt + TELL_EVERY) return;
    this.#toldAt = platform.now();
    tell(true);
  }

  stop(): void {
    if (this.#pause === undefined) return;
    this.#quiet();
    this.#options.tell(false);
  }

  /** The room is left, or the connection gone: nothing is known, and nothing is said. */
  forget(): void {
    this.#quiet();
    for (const timer of this.#ends.values()) this.#options.platform.clearTimeout(timer);
    this.#ends.clear();
    if (this.get().length > 0) this.#users.set([]);
  }

  #quiet(): void {
    this.#options.platform.clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#toldAt = Number.NEGATIVE_INFINITY;
  }
}
