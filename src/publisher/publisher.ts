import type { AddressedEvent, PublishedEvent, RoutedEvent } from "./event.ts";
import type { KnownEvents } from "./known-events.ts";
import { type Door, type Fetch, post } from "./post.ts";
import { PublishError } from "./publish-error.ts";
import type { EventResult } from "./result.ts";
import { delayAfter, wait } from "./retry.ts";

const defaults = {
  /** ms, for each try. */
  timeout: 15_000,
  /** Tries in all. */
  attempts: 5,
};

/** Where a publisher posts, as whom, and how patiently. */
export interface PublisherOptions {
  /** The service's address; a path in it is kept, for a service that is mounted below one. */
  readonly url: string | URL;
  /** The secret of one of `PUBLISH_KEYS`. */
  readonly key: string;
  /** How long one try may take, in ms: 15,000 unless it is said. */
  readonly timeout?: number;
  /** Tries in all: 5 unless it is said. What may succeed later is tried again, after 0.25 s and then twice as long. */
  readonly attempts?: number;
  /** What to post with, such as a Worker's service binding; the platform's `fetch` unless it is said. */
  readonly fetch?: Fetch;
}

export interface CallOptions {
  /** Ends the call, its waiting too; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Publishes events to one service; `Events` is the data of each event that it knows, by the event's name. */
export interface Publisher<Events extends object = KnownEvents> {
  /**
   * Publishes one event, and again under the same id where that may help, so that it is never doubled.
   *
   * @returns what became of it at each target. A target that failed does not throw; see `requireEveryTarget`.
   * @throws {PublishError} when the service did not take it.
   */
  publish(event: AddressedEvent, options?: CallOptions): Promise<EventResult>;
  // Two kinds of event, and what may be either. Not simply the union: a field too many in the data of a known event
  // would go unnoticed there. The last of these is the one of which the compiler says what does not fit.
  publish<Event extends PublishedEvent<Events>>(
    event: PublishedEvent<Events> extends Event ? Event : never,
    options?: CallOptions,
  ): Promise<EventResult>;
  publish(event: RoutedEvent<Events>, options?: CallOptions): Promise<EventResult>;
  /**
   * Publishes up to 100 events in one request. It is taken as a whole or refused as a whole.
   *
   * @returns what became of each, in their order.
   * @throws {PublishError} when the service did not take them.
   */
  publishBatch(
    events: readonly PublishedEvent<Events>[],
    options?: CallOptions,
  ): Promise<readonly EventResult[]>;
}

/**
 * Makes a publisher. It holds no connection and needs no closing. Of an event without targets the data is typed by the
 * service's `src/config/events.ts`, or by the `Events` that are given for a service with others.
 *
 * @throws {TypeError} for an address or a key that cannot be used.
 * @example
 * const carillon = createPublisher({ url: "https://carillon.example", key: process.env.CARILLON_KEY });
 * await carillon.publish({ event: "greeting", data: { text: "Hello" }, to: { users: ["42"] } });
 */
export function createPublisher<Events extends object = KnownEvents>(
  options: PublisherOptions,
): Publisher<Events> {
  const { attempts = defaults.attempts } = options;
  const door = doorOf(options);

  /** Posts events that have their ids, so that every try is the same publish. */
  async function postPatiently(
    ids: readonly string[],
    body: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly EventResult[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await post(door, body, signal);
      } catch (error) {
        if (!(error instanceof PublishError)) throw error;
        const delay = delayAfter(attempt, error.retryAfter, Math.random());
        if (!error.retryable || attempt >= attempts || delay === undefined) {
          throw new PublishError(error.message, { ...error, ids });
        }
        await wait(delay, signal);
      }
    }
  }

  return {
    async publish(event: PublishedEvent<Events>, { signal }: CallOptions = {}) {
      const identified = withId(event);
      const [result] = await postPatiently([identified.id], JSON.stringify(identified), signal);
      if (result) return result;
      throw answeredLess();
    },
    async publishBatch(events, { signal } = {}) {
      if (events.length === 0) return [];
      const identified = events.map(withId);
      const ids = identified.map(({ id }) => id);
      const results = await postPatiently(ids, JSON.stringify(identified), signal);
      if (results.length === events.length) return results;
      throw answeredLess();
    },
  };
}

function withId<Event extends { readonly id?: string }>(event: Event): Event & { readonly id: string } {
  return { ...event, id: event.id ?? crypto.randomUUID() };
}

function answeredLess(): PublishError {
  const detail = "This is not Carillon's answer: it does not tell of every event.";
  return new PublishError(detail, { code: "not_carillon", status: 200, detail, retryable: false });
}

function doorOf({ url, key, timeout = defaults.timeout, fetch = globalThis.fetch }: PublisherOptions): Door {
  const address = new URL(url);
  if (!/^https?:$/.test(address.protocol) || address.username !== "" || address.password !== "") {
    throw new TypeError("url is an address that begins with http:// or https://, without a user's name.");
  }
  if (!address.pathname.endsWith("/")) address.pathname += "/";
  // What no header can carry would be repeated by the error that fetch throws.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new TypeError("key is the secret of a publish key: visible ASCII characters without spaces.");
  }
  // Workers refuse a fetch that is called as a method of something else.
  return { url: new URL("publish", address).href, key, timeout, fetch: (...request) => fetch(...request) };
}
