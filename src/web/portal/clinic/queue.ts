import * as z from "zod/mini";
import type { Received } from "../../../client/index.ts";

/** Somebody who was called in. */
export interface Call {
  readonly id: string;
  /** How the patient is called: `A-17`. */
  readonly serving: string;
  /** ms since 1970. */
  readonly at: number;
}

/** A clinic's queue as its board shows it. */
export interface Queue {
  /** Who is being served; nothing while nobody is. */
  readonly serving: string | undefined;
  /** How many wait; nothing while it is not known. */
  readonly waiting: number | undefined;
  /** When it moved last (ms since 1970). */
  readonly movedAt: number | undefined;
  /** The newest first. */
  readonly calls: readonly Call[];
}

const update = z.object({ waiting: z.number(), serving: z.optional(z.nullable(z.string())) });

const CALLS = 8;

/** What the events of a clinic's queue come to. An update that does not say who is served changes only who waits. */
export function queueOf(events: readonly Received[]): Queue {
  let queue: Queue = { serving: undefined, waiting: undefined, movedAt: undefined, calls: [] };
  for (const { event, data, id, at } of events) {
    if (event !== "QUEUE_UPDATE") continue;
    const parsed = update.safeParse(data);
    if (!parsed.success) continue;
    const { waiting, serving } = parsed.data;
    const isCall = typeof serving === "string" && serving !== queue.serving;
    queue = {
      serving: serving === undefined ? queue.serving : (serving ?? undefined),
      waiting,
      movedAt: at,
      calls: isCall ? [{ id, serving, at }, ...queue.calls].slice(0, CALLS) : queue.calls,
    };
  }
  return queue;
}
