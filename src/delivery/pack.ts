import type { Publication } from "../objects/publication.ts";
import { Contents } from "./contents.ts";
import { entryOf, type ParcelCall, withLength } from "./parcel.ts";

/** What one message may hold. */
export interface PackLimits {
  readonly calls: number;
  readonly bytes: number;
}

/**
 * What a message may hold in bytes. The platform takes 128,000 with up to 100 of its own; the rest is for the reason that
 * a call gets when it goes on to the dead letters.
 */
export const PARCEL_BYTES = 122_000;
/** The same for a message to the dead letters. */
export const DEAD_PARCEL_BYTES = 127_000;

/** Calls as they go into messages, and those that fit in none. */
export interface Packed {
  readonly parcels: readonly (readonly ParcelCall[])[];
  readonly tooLarge: readonly ParcelCall[];
}

/**
 * Packs calls into as few messages as it easily can: those that say the same travel together, and what they say lies in
 * their message once. A call whose publications do not fit into one message is cut between them; a publication that is
 * too large for a message of its own is left over.
 */
export function pack(calls: readonly ParcelCall[], limits: PackLimits): Packed {
  const scales = new Scales();
  const cuts = calls.map((call) => cut(call, scales, limits.bytes));
  const alike = Map.groupBy(
    cuts.flatMap(({ pieces }) => pieces),
    ({ contents }) => [...contents].join(),
  );
  return {
    parcels: fill([...alike.values()].flat(), scales, limits),
    tooLarge: cuts.flatMap(({ tooLarge }) => tooLarge),
  };
}

/** Something that goes into a message: which contents it needs, and what it takes in bytes beside them. */
interface Weight {
  readonly contents: ReadonlySet<number>;
  readonly bytes: number;
}

/** A call, or those of its publications that fit into one message. */
interface Piece extends Weight {
  readonly call: ParcelCall;
}

function cut(call: ParcelCall, scales: Scales, limit: number) {
  const frame = scales.frameOf(call);
  const boxes: { readonly box: Box; readonly publications: Publication[] }[] = [];
  const tooLarge: ParcelCall[] = [];
  for (const publication of call.publications) {
    const weight = scales.publication(publication);
    const open = boxes.at(-1);
    if (open?.box.takes(weight, limit)) {
      open.box.add(weight);
      open.publications.push(publication);
      continue;
    }
    const box = new Box(scales, frame);
    if (box.takes(weight, limit)) {
      box.add(weight);
      boxes.push({ box, publications: [publication] });
    } else {
      tooLarge.push({ ...call, publications: [publication] });
    }
  }
  const pieces = boxes.map(({ box, publications }): Piece => {
    return { call: { ...call, publications }, contents: box.contents, bytes: box.ownBytes };
  });
  return { pieces, tooLarge };
}

function fill(pieces: readonly Piece[], scales: Scales, limits: PackLimits): ParcelCall[][] {
  const parcels: ParcelCall[][] = [];
  let box: Box | undefined;
  let open: ParcelCall[] = [];
  for (const piece of pieces) {
    if (!box?.takes(piece, limits.bytes) || open.length >= limits.calls) {
      box = new Box(scales, 0);
      open = [];
      parcels.push(open);
    }
    box.add(piece);
    open.push(piece.call);
  }
  return parcels;
}

/** A message that is being filled. */
class Box {
  readonly contents = new Set<number>();
  /** What it takes beside its contents. */
  ownBytes: number;
  readonly #scales: Scales;
  #contentBytes = 0;

  constructor(scales: Scales, bytes: number) {
    this.#scales = scales;
    this.ownBytes = bytes;
  }

  takes({ contents, bytes }: Weight, limit: number): boolean {
    let sum = FRAME_BYTES + this.ownBytes + bytes + this.#contentBytes;
    for (const place of contents) if (!this.contents.has(place)) sum += this.#scales.content(place);
    return sum <= limit;
  }

  add({ contents, bytes }: Weight): void {
    this.ownBytes += bytes;
    for (const place of contents) {
      if (this.contents.has(place)) continue;
      this.contents.add(place);
      this.#contentBytes += this.#scales.content(place);
    }
  }
}

/** What a message holds beside its contents and calls, the id of its request among it. */
const FRAME_BYTES = 200;
const encoder = new TextEncoder();

/** Tells how many bytes things take in a message. */
class Scales {
  readonly #contents = new Contents();
  readonly #known = new Map<number, number>();

  /** A call without its publications. */
  frameOf(call: ParcelCall): number {
    return lengthOf(entryOf({ ...call, publications: [] }, this.#contents));
  }

  publication(publication: Publication): Weight {
    const places = publication.events.map((event) => this.#contents.place(publication, event));
    const events = publication.events.map(({ channel }, index) => [channel, places[index]]);
    return { contents: new Set(places), bytes: lengthOf(events) };
  }

  content(place: number): number {
    let bytes = this.#known.get(place);
    if (bytes === undefined) {
      const content = this.#contents.all[place];
      const written = content && withLength(content);
      bytes = written ? lengthOf(written) + written.bytes : 0;
      this.#known.set(place, bytes);
    }
    return bytes;
  }
}

/** The length of a value as one of several in JSON, the comma included. */
function lengthOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length + 1;
}
