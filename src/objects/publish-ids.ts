import { NOTIFICATION_EVENT } from "./notification.ts";
import type { Publication, PublishedEvent } from "./publication.ts";

/** Where an event of a publication came to lie; `offset` is absent for an event that is not stored. */
export interface Place {
  readonly channel: string;
  readonly offset: number | undefined;
}

/** In place of a hash: the entry came from the audience, where its publication was told from others. */
export const FROM_AUDIENCE = "audience";

/** In place of a hash: no publication brought the entry. */
export const NO_PUBLICATION = "none";

interface Remembered {
  readonly hash: string;
  readonly places: Place[];
}

/** What is known of a publish id. */
export type Recalled =
  | { readonly kind: "new" }
  | { readonly kind: "repeated"; readonly places: readonly Place[] }
  | { readonly kind: "conflict" };

/**
 * The publish ids that a log has taken (rule F4): those of its newest rows, read once for each waking that publishes,
 * and those that came since. Why there is no index for them stands in docs/decisions.md.
 */
export class PublishIds {
  readonly #limit: number;
  /** The publication of which the first entries may lie before what is remembered. */
  #cut: string | undefined;
  readonly #byId = new Map<string, Remembered>();
  /** Where entries from the audience came to lie, by their id and event. */
  readonly #fromAudience = new Map<string, Place>();

  /** @param limit how many ids are remembered. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Takes in the rows of the log, in their order.
   *
   * @param rows those that are to be remembered, and the one before them if there is one.
   * @param after the offset after which they are to be remembered.
   */
  read(rows: Iterable<{ offset: number; id: string; hash: string; channel: string }>, after: number): void {
    let before: string | undefined;
    let isFirst = true;
    for (const { offset, id, hash, channel } of rows) {
      if (offset <= after) {
        before = id;
        continue;
      }
      // Of the row before nothing may be left.
      const isCut = isFirst && offset > 1 && (before === undefined || before === id);
      isFirst = false;
      if (hash === NO_PUBLICATION) continue;
      if (hash.startsWith(FROM_AUDIENCE)) {
        this.#fromAudience.set(keyOf(id, hash), { channel, offset });
        continue;
      }
      if (isCut) this.#cut = id;
      const known = this.#byId.get(id);
      if (known) known.places.push({ channel, offset });
      else this.#byId.set(id, { hash, places: [{ channel, offset }] });
    }
  }

  /** Whether a publication was taken before, with the same content to the same channels or with other. */
  recall({ id, hash, events }: Publication): Recalled {
    const before = this.#byId.get(id);
    if (!before) return this.#recallFromAudience(id, events);
    // What the audience had brought before was not stored again, and is not among the publication's own places.
    const own = events.filter((event) => !this.placeFromAudience(id, event));
    const missing = id === this.#cut ? own.length - before.places.length : 0;
    const isSame =
      before.hash === hash &&
      missing >= 0 &&
      before.places.length + missing === own.length &&
      before.places.every(({ channel }, index) => channel === own[index + missing]?.channel);
    if (!isSame) return { kind: "conflict" };
    const first = (before.places[0]?.offset ?? 0) - missing;
    // Entries of one publication have offsets in a row.
    const gone = own.slice(0, missing).map(({ channel }, index) => ({ channel, offset: first + index }));
    const places = [...gone, ...before.places].values();
    return {
      kind: "repeated",
      places: events.flatMap((event) => this.placeFromAudience(id, event) ?? places.next().value ?? []),
    };
  }

  /** Where an event of that id lies that came from the audience, if it did. */
  placeFromAudience(id: string, event: Pick<PublishedEvent, "channel" | "event">): Place | undefined {
    return this.#fromAudience.get(keyOf(id, audienceMark(event)));
  }

  /** Whether a user has an event already that the audience brings: from there, or sent to the user by name. */
  hasFromAnywhere(id: string, event: Pick<PublishedEvent, "channel" | "event">): boolean {
    if (this.placeFromAudience(id, event)) return true;
    const direct = this.#byId.get(id);
    // Of one publication a user has one notification, whichever way it came.
    if (direct && event.event === NOTIFICATION_EVENT) return true;
    return direct?.places.some(({ channel }) => channel === event.channel) ?? false;
  }

  /** Remembers a publication, and forgets the oldest beyond the limit. */
  remember({ id, hash }: Publication, places: Place[]): void {
    this.#byId.set(id, { hash, places });
    forgetBeyond(this.#limit, this.#byId);
  }

  /** Remembers an entry that came from the audience. */
  rememberFromAudience(id: string, event: PublishedEvent, place: Place): void {
    this.#fromAudience.set(keyOf(id, audienceMark(event)), place);
    forgetBeyond(this.#limit, this.#fromAudience);
  }

  /** What the audience has brought in full need not be stored again. */
  #recallFromAudience(id: string, events: readonly PublishedEvent[]): Recalled {
    const places = events.flatMap((event) => this.placeFromAudience(id, event) ?? []);
    return events.length > 0 && places.length === events.length
      ? { kind: "repeated", places }
      : { kind: "new" };
  }
}

/** What stands in place of the hash of an entry from the audience: which of its publication's events it is. */
export function audienceMark({ channel, event }: Pick<PublishedEvent, "channel" | "event">): string {
  return `${FROM_AUDIENCE} ${event === NOTIFICATION_EVENT ? event : channel}`;
}

function keyOf(id: string, mark: string): string {
  return `${mark} ${id}`;
}

function forgetBeyond(limit: number, remembered: Map<string, unknown>): void {
  for (const oldest of remembered.keys()) {
    if (remembered.size <= limit) break;
    remembered.delete(oldest);
  }
}
