import type { ServerFrameOf } from "../protocol/frames.ts";
import { CarillonClientError } from "./client-error.ts";
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

/** What the client sends with. */
export interface Sending extends Partial<QueueLimits> {
  send(frame: Outgoing): void;
  nextRef(): string;
  readonly platform: Platform;
  /** Whether there is a connection. */
  isGreeted(): boolean;
  /** What waits for an answer, once something was sent. */
  outbox?: Outbox;
}

/** The size of a frame as UTF-8, near enough. */
export function bytesOf(frame: Outgoing): number {
  return encodeURIComponent(JSON.stringify(frame)).replace(/%../g, "-").length;
}

interface Message {
  readonly frame: Outgoing & { readonly ref: string };
  readonly resolve: (answer: ServerFrameOf<"ok">) => void;
  readonly reject: (error: CarillonClientError) => void;
  readonly timer: Timer | undefined;
  isSent: boolean;
}

export type Outbox = ReturnType<typeof createOutbox>;

/** The client's outbox: the first part that sends makes it. */
export function outboxOf(sending: Sending): Outbox {
  if (!sending.outbox) {
    sending.outbox = createOutbox(sending);
    if (sending.isGreeted()) sending.outbox.open();
  }
  return sending.outbox;
}

/**
 * What is to be sent, in its order, until the service has answered it. What is unanswered when a connection ends is sent
 * again over the next: a publish carries an id, by which it is taken once, and anything else can be repeated.
 */
function createOutbox({
  maxMessages = 100,
  maxAge = Number.POSITIVE_INFINITY,
  platform,
  send,
  nextRef,
}: Sending) {
  /** By their `ref`, in their order. */
  const messages = new Map<unknown, Message>();
  let isOpen = false;
  let pause: Timer | undefined;

  /**
   * Sends a frame, and again where that may not have arrived, until it is answered.
   *
   * @throws {CarillonClientError} `queue_full`, `event_too_large`, `timeout`, `closed`, or what the service answered.
   */
  async function put(frame: Outgoing): Promise<ServerFrameOf<"ok">> {
    if (messages.size >= maxMessages) {
      throw new CarillonClientError("queue_full", "Too much waits.", true);
    }
    if (bytesOf(frame) > MAX_BYTES) {
      throw new CarillonClientError("event_too_large", "It is too large.");
    }
    const ref = nextRef();
    const late = () => fail(ref, new CarillonClientError("timeout", "It took too long.", true));
    const timer = Number.isFinite(maxAge) ? platform.setTimeout(late, maxAge) : undefined;
    return new Promise((resolve, reject) => {
      messages.set(ref, { frame: { ...frame, ref }, resolve, reject, timer, isSent: false });
      flush();
    });
  }

  function rest(): void {
    platform.clearTimeout(pause);
    pause = undefined;
    flush();
  }

  function flush(): void {
    if (!isOpen || pause !== undefined) return;
    for (const message of [...messages.values()].slice(0, WINDOW)) {
      if (message.isSent) continue;
      message.isSent = true;
      send(message.frame);
    }
  }

  function take(ref: unknown): Message | undefined {
    const message = messages.get(ref);
    messages.delete(ref);
    platform.clearTimeout(message?.timer);
    return message;
  }

  function fail(ref: unknown, error: CarillonClientError): void {
    take(ref)?.reject(error);
    flush();
  }

  /** There is none; what was sent may not have arrived. */
  function close(): void {
    isOpen = false;
    rest();
    for (const message of messages.values()) message.isSent = false;
  }

  return {
    put,
    /** There is a connection: everything that is unanswered is sent over it. */
    open(): void {
      close();
      isOpen = true;
      flush();
    },
    close,
    /** Gives everything up. */
    clear(): void {
      close();
      for (const ref of messages.keys()) fail(ref, new CarillonClientError("closed", "It was given up."));
    },
    /** @returns whether the answer is to a message of this outbox. */
    answered(frame: ServerFrameOf<"ok"> | ServerFrameOf<"error">): boolean {
      const { ref } = frame;
      const message = messages.get(ref);
      if (!message) return false;
      if (frame.type === "ok") {
        take(ref)?.resolve(frame);
      } else if (frame.code === "rate_limited") {
        message.isSent = false;
        pause ??= platform.setTimeout(rest, PAUSE);
      } else {
        fail(ref, new CarillonClientError(frame.code, frame.message, frame.retryable));
      }
      flush();
      return true;
    },
  };
}
