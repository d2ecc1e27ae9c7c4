import { z } from "zod";
import { dialect } from "./dialect.ts";
import { histogramData } from "./histogram.ts";

/** How fast events are published. */
export const pace = z.discriminatedUnion("kind", [
  /** As fast as they are answered, by so many publishers at once, for so long. */
  z.object({ kind: z.literal("flood"), publishers: z.number(), seconds: z.number() }),
  /** So many in a second, whether they are answered or not, for so long. */
  z.object({ kind: z.literal("steady"), perSecond: z.number(), seconds: z.number() }),
  /** So many to each target, by so many publishers at once. */
  z.object({ kind: z.literal("each"), publishers: z.number(), times: z.number() }),
]);
export type Pace = z.output<typeof pace>;

/** Where an event goes: `to` of `POST /publish`. */
export const address = z.union([
  z.object({ users: z.array(z.string()) }),
  z.object({ channels: z.array(z.string()) }),
  z.object({ roles: z.array(z.string()) }),
  z.object({ everyone: z.literal(true) }),
]);
export type Address = z.output<typeof address>;

/** What the publishing process is told. */
export const publisherCommand = z.object({
  kind: z.literal("publish"),
  port: z.number(),
  dialect,
  key: z.string(),
  /** Each event goes to one of them: to each in turn where the pace is `each`, else to a random one. */
  targets: z.array(address),
  /** Events in one request. */
  batch: z.number(),
  /** Characters in each event's data that say nothing. */
  padding: z.number(),
  /** Whether each event brings a notification, which is an entry of its own with each user. */
  isNotified: z.boolean(),
  pace,
});
export type PublisherCommand = z.output<typeof publisherCommand>;

/** What it answers. */
export const published = z.object({
  kind: z.literal("published"),
  /** Events that were answered as delivered or stored, for each target. */
  counts: z.array(z.number()),
  /** Events that were not. */
  refused: z.number(),
  /** Why, one line each. */
  failures: z.array(z.string()),
  /** By the clock of `microseconds()`. */
  startedAt: z.number(),
  /** Microseconds until a request was answered. */
  answered: histogramData,
});
export type Published = z.output<typeof published>;
