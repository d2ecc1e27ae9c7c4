import { z } from "zod";
import { dialect } from "./dialect.ts";
import { histogramData } from "./histogram.ts";

/** One socket that is to be opened. */
export const connecting = z.object({
  /** Path of the upgrade, without a query. */
  path: z.string(),
  user: z.string(),
  token: z.string(),
  /** A room to be followed over it. */
  follows: z.string().optional(),
  /** Whether compression is offered. */
  offersDeflate: z.boolean().default(false),
});
export type Connecting = z.input<typeof connecting>;

/** What the processes that hold the sockets are told, and what they answer. */
export const listenerCommand = z.discriminatedUnion("kind", [
  /** Open these connections beside those that are open, so many at a time, and await the greeting of each. */
  z.object({
    kind: z.literal("connect"),
    port: z.number(),
    dialect,
    concurrency: z.number(),
    connections: z.array(connecting),
  }),
  /** Give a sign of life on each connection now, beside those that each gives now and then. */
  z.object({ kind: z.literal("ping") }),
  /** Count from nothing. */
  z.object({ kind: z.literal("begin") }),
  /** Wait until each connection has got so many events since `begin`, at most this long. */
  z.object({ kind: z.literal("expect"), counts: z.array(z.number()), milliseconds: z.number() }),
  /** Break all connections without a word, as a network does. */
  z.object({ kind: z.literal("drop") }),
  /** Open them all again, each from where it stood, and await `live`. */
  z.object({ kind: z.literal("resume"), concurrency: z.number() }),
]);
export type ListenerCommand = z.output<typeof listenerCommand>;

/** How opening went. Times are microseconds, from the first byte of the TCP connection. */
export const opened = z.object({
  kind: z.literal("opened"),
  took: histogramData,
  /** When the first began and the last was there. */
  startedAt: z.number(),
  endedAt: z.number(),
  /** Why connections could not be opened, one line each. */
  failures: z.array(z.string()),
});

export const begun = z.object({ kind: z.literal("begun") });
export const dropped = z.object({ kind: z.literal("dropped") });
export const pinged = z.object({ kind: z.literal("pinged") });

/** What came since `begin`. */
export const tally = z.object({
  kind: z.literal("tally"),
  received: z.number(),
  /** Published and not come. */
  lost: z.number(),
  /** Come twice or out of order. */
  repeated: z.number(),
  /** Come without having been published, as far as the publisher knows. */
  surplus: z.number(),
  /** When the last event came. */
  lastAt: z.number(),
  latency: histogramData,
  /** Bytes and messages of the streams, whatever they held, and how many of the messages were compressed. */
  bytes: z.number(),
  messages: z.number(),
  compressed: z.number(),
  /** Connections that the server ended, and how, one line each. */
  failures: z.array(z.string()),
});

export type ListenerAnswer = z.output<
  typeof opened | typeof begun | typeof dropped | typeof pinged | typeof tally
>;
