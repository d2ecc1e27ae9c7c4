import type { Publication, PublishedEvent } from "../objects/publication.ts";

/** What a publication says in one of its events, wherever that goes. */
export type Content = Omit<Publication, "events"> & Omit<PublishedEvent, "channel">;

/** What many publications say, each of it once: an event for ten thousand users is one content. */
export class Contents {
  readonly all: Content[] = [];
  readonly #places = new Map<string, number[]>();

  /** Where in `all` the content of an event lies; it is put there if it is new. */
  place({ events: _, ...publication }: Publication, { channel: __, ...event }: PublishedEvent): number {
    const content: Content = { ...publication, ...event };
    const places = this.#places.get(content.id) ?? [];
    const known = places.find((place) => isSame(this.all[place], content));
    if (known !== undefined) return known;
    const place = this.all.push(content) - 1;
    this.#places.set(content.id, [...places, place]);
    return place;
  }
}

/** Compares field by field: what stems from one posted event shares its aim, its notification and its data. */
function isSame(one: Content | undefined, other: Content): boolean {
  if (!one) return false;
  const names = [...Object.keys(one), ...Object.keys(other)] as (keyof Content)[];
  return names.every((name) => one[name] === other[name]);
}
