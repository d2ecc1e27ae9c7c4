import { isMeantFor } from "./aim.ts";
import type { Connection } from "./connections.ts";
import type { Taken } from "./log.ts";
import type { Outcome, PublishedEvent } from "./publication.ts";

/** What became of one event at an object: what its log did with the publication, and who of its sockets gets it. */
export function outcomeOf(
  { aim, store }: PublishedEvent,
  taken: Taken | undefined,
  place: number,
  listeners: readonly Connection[],
): Outcome {
  if (!taken || taken.kind === "conflict") {
    return { status: "failed", code: "id_conflict", message: "The id was used before with other content." };
  }
  const connections = aim
    ? listeners.filter(({ viewer }) => isMeantFor(aim, viewer)).length
    : listeners.length;
  const offset = taken.places[place]?.offset;
  const isKept = store || offset !== undefined;
  const outcome: Outcome = {
    status: connections > 0 || !isKept ? "delivered" : "stored",
    connections,
    duplicate: taken.kind === "repeated",
  };
  return offset === undefined ? outcome : { ...outcome, offset };
}

/** The lowest offset of what had been published before, if anything had. */
export function lowestRepeated(taken: readonly Taken[]): number | undefined {
  const offsets = taken.flatMap((one) =>
    one.kind === "repeated" ? one.places.flatMap(({ offset }) => offset ?? []) : [],
  );
  return offsets.length > 0 ? Math.min(...offsets) : undefined;
}
