import type { ServerFrameOf } from "../protocol/frames.ts";
import { CarillonClientError } from "./client-error.ts";
import { Deferred } from "./deferred.ts";
import type { Outgoing } from "./frame.ts";
import type { Platform, Timer } from "./platform.ts";

/** How many messages may be on their way at once: fewer than a connection may send in one go. */
const WINDOW = 20;
/** The largest message that the service takes, in bytes: a larger one would end the connection for good. */
export const MAX_BYTES = 10_000;
/** How long to wait when the service says that frames come too fast, in ms. */
const PAUSE = 2000;

/** How much waits while there is no connection. */
export interface QueueLimits {
  readonly maxMessages: number;
  /** ms; a message that nobody has taken by then is given up. */
  readonly maxAge: number;
}

export interface OutboxOptions extends QueueLimits {
  send(frame: Outgoing): void;
  nextRef(): string;
  readonly platform: Platform;
}

/** The size of a frame as UTF-8, near enough. */
export function bytesOf(frame: Outgoing): number {
  return encodeURIComponent(JSON.stringify(frame)).replace(/%../g, "-").length;
}

interface Message {
  readonly frame: Outgoing;
  readonly ref: string;
  readonly answer: Deferred<ServerFrameOf<"ok">>;
  readonly timer: Timer | undefined;
  isSent: boolean;
}

/**
 * What is to be sent, in its order, until the service has answered it. What is unanswered when a connection ends is sent
 * again over the next: a publish carries an id, by which it is taken once, and anything else can be repeated.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #messages: Message[] = [];
  #isOpen = false;
  #pause: Timer | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** @throws {CarillonClientError} `queue_full`, `timeout`, `closed`, or what the service answered. */
  put(frame: Outgoing): Promise<ServerFrameOf<"ok">> {
    const { maxMessages, maxAge, platform, nextRef } = this.#options;
    if (this.#messages.length >= maxMessages) {
      return Promise.reject(new CarillonClientError("queue_full", "Too much waits to be sent.", true));
    }
    if (bytesOf(frame) > MAX_BYTES) {
      return Promise.reject(new CarillonClientError("event_too_large", "It is too large for a frame."));
    }
    const ref = nextRef();
    const giveUp = () =>
      this.#fail(ref, new CarillonClientError("timeout", "It was not taken in time.", true));
    const timer = Number.isFinite(maxAge) ? platform.setTimeout(giveUp, maxAge) : undefined;
    const message = { frame, ref, answer: new Deferred<ServerFrameOf<"ok">>(), timer, isSent: false };
    this.#messages.push(message);
    this.#flush();
    return message.answer.promise;
  }

  /** There is a connection: everything that is unanswered is sent over it. */
  open(): void {
    this.close();
    this.#isOpen = true;
    this.#flush();
  }

  /** There is none; what was sent may not have arrived. */
  close(): void {
    this.#isOpen = false;
    this.#rest();
    for (const message of this.#messages) message.isSent = false;
  }

  /** Gives everything up. */
  clear(): void {
    this.close();
    for (const { ref } of this.#messages)
      this.#fail(ref, new CarillonClientError("closed", "The client was closed."));
  }

  /** @returns whether the answer is to a message of this outbox. */
  answered(frame: ServerFrameOf<"ok"> | ServerFrameOf<"error">): boolean {
    const message = this.#messages.find(({ ref }) => ref === frame.ref);
    if (!message) return false;
    if (frame.type === "ok") {
      this.#take(message.ref);
      message.answer.resolve(frame);
    } else if (frame.code === "rate_limited") {
      message.isSent = false;
      this.#pause ??= this.#options.platform.setTimeout(() => this.#rest(), PAUSE);
    } else {
      this.#fail(message.ref, new CarillonClientError(frame.code, frame.message, frame.retryable));
    }
    this.#flush();
    return true;
  }

  #rest(): void {
    this.#options.platform.clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#flush();
  }

  #flush(): void {
    if (!this.#isOpen || this.#pause !== undefined) return;
    const next = this.#messages.slice(0, WINDOW).filter(({ isSent }) => !isSent);
    for (const message of next) {
      message.isSent = true;
      this.#options.send({ ...message.frame, ref: message.ref });
    }
  }

  #take(ref: string): Message | undefined {
    const message = this.#messages.find((one) => one.ref === ref);
    this.#messages = this.#messages.filter((one) => one !== message);
    this.#options.platform.clearTimeout(message?.timer);
    return message;
  }

  #fail(ref: string, error: CarillonClientError): void {
    this.#take(ref)?.answer.reject(error);
    this.#flush();
  }
}
