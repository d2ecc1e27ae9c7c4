import type { AudienceName } from "./audience.ts";
import type { Counts } from "./counts.ts";
import type { Histogram } from "./histogram.ts";

/** How a duration is spread, in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

interface Row {
  /** Name of the server. */
  readonly server: string;
  readonly audience: AudienceName;
  /** Sockets that take part. */
  readonly sockets: number;
  /** Why something failed, one line each. */
  readonly failures: readonly string[];
}

/** Opening sockets, each until its `welcome`. */
export interface ConnectRow extends Row {
  readonly kind: "connect";
  /** Sockets that were open afterwards; `sockets` are those that were opened. */
  readonly connected: number;
  /** Connections that are opened at once. */
  readonly concurrency: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly took: Spread | undefined;
  /** Server CPU, in microseconds. */
  readonly cpuPerSocket: number | undefined;
  /** Growth of the server's resident memory, and all of it afterwards. */
  readonly bytesPerSocket: number | undefined;
  readonly residentBytes: number | undefined;
}

/** Publishing, from the first request until the last event has arrived. */
export interface PublishRow extends Row {
  readonly kind: "publish";
  readonly load: string;
  /** Events in one request. */
  readonly batch: number;
  readonly seconds: number;
  readonly events: number;
  /** Events that were not taken. */
  readonly refused: number;
  readonly deliveries: number;
  readonly perSecond: number;
  readonly eventsPerSecond: number;
  readonly lost: number;
  readonly repeated: number;
  readonly surplus: number;
  /** From just before the request until the event is read by its listener. */
  readonly latency: Spread | undefined;
  /** Until the publish request was answered. */
  readonly answered: Spread | undefined;
  /** Server CPU, in microseconds. */
  readonly cpuPerDelivery: number | undefined;
  readonly cpuPerEvent: number | undefined;
  /** Processor cores that were busy with the server, and with the sockets' other ends. */
  readonly serverCores: number | undefined;
  readonly listenerCores: number;
  /** What each delivery takes on the wire, with the frame's head. */
  readonly bytesPerDelivery: number;
  /** Events that came in one WebSocket message. */
  readonly eventsPerMessage: number;
  /** Share of the messages that were compressed. */
  readonly compressed: number;
}

/** Broadcasts, each begun when the one before had reached everybody. */
export interface BroadcastRow extends Row {
  readonly kind: "broadcast";
  readonly load: string;
  /** Events in one request. */
  readonly batch: number;
  /** Requests that were measured. */
  readonly broadcasts: number;
  /** Events that were not taken. */
  readonly refused: number;
  readonly deliveries: number;
  readonly perSecond: number;
  readonly lost: number;
  readonly repeated: number;
  readonly surplus: number;
  /** Of each broadcast: from just before the request until its first event is read by its first listener. */
  readonly first: Spread | undefined;
  /** Of each delivery: until the event is read by its listener. */
  readonly latency: Spread | undefined;
  /** Of each broadcast: until the last listener has read its last event. */
  readonly last: Spread | undefined;
  /** Server CPU, in microseconds. */
  readonly cpuPerDelivery: number | undefined;
}

/** All sockets broken at once, events published meanwhile, all sockets back from where they stood, until `live`. */
export interface ResumeRow extends Row {
  readonly kind: "resume";
  /** Events that each connection missed. */
  readonly missed: number;
  readonly failed: number;
  readonly lost: number;
  readonly repeated: number;
  /** From the first attempt until the last connection is live and has what it missed. */
  readonly seconds: number;
  readonly took: Spread | undefined;
  readonly cpuPerSocket: number | undefined;
}

/** What something costs, counted by the server itself and not by its speed. */
export interface CostRow extends Row {
  readonly kind: "cost";
  readonly what: string;
  /** What the counts are divided by, and how many of them there were. */
  readonly each: "delivery" | "user" | "event" | "socket";
  readonly of: number;
  /** Events that were published, and how often they came to sockets. */
  readonly events: number;
  readonly deliveries: number;
  readonly counted: Counts;
  readonly faults: number;
}

/** What something that is done with an inbox costs, and how long it takes. */
export interface InboxRow extends Row {
  readonly kind: "inbox";
  readonly what: string;
  /** How many lie in the inbox. */
  readonly notifications: number;
  /** How often it was done where time was measured. */
  readonly times: number;
  /** What it did once, on a server that counts. */
  readonly counted: Counts;
  /** Until the request was answered. */
  readonly took: Spread | undefined;
  /** Server CPU for each. */
  readonly cpuMilliseconds: number | undefined;
}

export type Measurement = ConnectRow | PublishRow | BroadcastRow | ResumeRow | CostRow | InboxRow;

/** Events and connections that a row should have and has not. Speed is never a fault. */
export function faultsOf(row: Measurement): number {
  if (row.kind === "connect") return row.failed;
  if (row.kind === "cost") return row.faults;
  if (row.kind === "inbox") return row.failures.length;
  if (row.kind === "resume") return row.failed + row.lost + row.repeated;
  return row.lost + row.repeated + row.surplus + row.refused;
}

/** The spread of durations that were counted in microseconds. */
export function spreadOf(histogram: Histogram): Spread | undefined {
  const at = (share: number) => (histogram.quantile(share) ?? 0) / 1000;
  if (histogram.total === 0) return undefined;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: histogram.max / 1000 };
}
