/** What one metric is. */
export interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  /** What it counts, in one sentence: the HELP line. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Label values that are shown from the start, as 0, so that the first change is seen as one. */
  readonly from0?: readonly string[];
}

/** Ends the HELP of what is handed over: https://prometheus.io/docs/practices/naming/ */
const LATE = "May be a minute old; never goes back.";

/**
 * Every metric of the service by its name, in the order in which they are told. What each means for whoever operates
 * the service stands in docs/metrics.md.
 */
export const metrics = {
  carillon_info: {
    type: "gauge",
    help: "Always 1; the version that answered.",
    labels: ["version"],
  },
  carillon_connections: {
    type: "gauge",
    help: "WebSocket connections that are open.",
    labels: [],
  },
  carillon_users_online: {
    type: "gauge",
    help: "Users of whom a connection is open.",
    labels: [],
  },
  carillon_dead_letters: {
    type: "gauge",
    help: "Calls and webhooks that could not be delivered and are kept.",
    labels: [],
  },
  carillon_queue_backlog_messages: {
    type: "gauge",
    help: "Messages that wait in a queue, where the platform tells.",
    labels: ["queue"],
  },
  carillon_upgrades_total: {
    type: "counter",
    help: `WebSocket upgrades by outcome: open, or why they were refused. ${LATE}`,
    labels: ["outcome"],
    from0: ["open"],
  },
  carillon_frames_received_total: {
    type: "counter",
    help: `Frames from clients by type; heartbeats that the runtime answers are not seen. ${LATE}`,
    labels: ["type"],
    from0: ["subscribe", "unsubscribe", "publish", "presence", "mark", "ack", "auth", "ping"],
  },
  carillon_events_published_total: {
    type: "counter",
    help: `Events for each of their targets, by the name of the publish key and what became of them. ${LATE}`,
    labels: ["key", "outcome"],
  },
  carillon_deliveries_total: {
    type: "counter",
    help: `Events handed to sockets, once for each, by what they were published to. ${LATE}`,
    labels: ["target"],
    from0: ["user", "room", "audience"],
  },
  carillon_delivery_latency_seconds: {
    type: "histogram",
    help: `Time from taking a publish to its events being handed to the sockets. ${LATE}`,
    labels: ["target"],
    from0: ["user", "room", "audience"],
  },
  carillon_replays_total: {
    type: "counter",
    help: `Connections that came back to a position: complete, or lost where the log no longer reaches back. ${LATE}`,
    labels: ["outcome"],
    from0: ["complete", "lost"],
  },
  carillon_replayed_events_total: {
    type: "counter",
    help: `Events sent in replays. ${LATE}`,
    labels: [],
    from0: [""],
  },
  carillon_refusals_total: {
    type: "counter",
    help: `What was refused: requests (http), upgrades, frames, and connections that were ended for it. ${LATE}`,
    labels: ["at", "code"],
  },
  carillon_queue_calls_total: {
    type: "counter",
    help: `Calls of objects that went through the queue: queued, delivered, retried, or given up (dead). ${LATE}`,
    labels: ["outcome"],
    from0: ["queued", "delivered", "retried", "dead"],
  },
  carillon_dead_letters_total: {
    type: "counter",
    help: `Calls and webhooks that were given up and kept as dead letters. ${LATE}`,
    labels: [],
    from0: [""],
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

type NameOf<Type extends Metric["type"]> = {
  [Name in MetricName]: (typeof metrics)[Name]["type"] extends Type ? Name : never;
}[MetricName];

export type CounterName = NameOf<"counter">;
export type GaugeName = NameOf<"gauge">;
export type HistogramName = NameOf<"histogram">;

/** Each label of a metric with its value. */
export type LabelsOf<Name extends MetricName> = {
  readonly [Label in (typeof metrics)[Name]["labels"][number]]: string;
};

/** Upper bounds (s) of the latency's buckets; what took longer is in +Inf alone. */
export const latencyBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/**
 * The name of one series as the exposition writes it.
 *
 * @example seriesOf("carillon_deliveries_total", { target: "room" }) // carillon_deliveries_total{target="room"}
 */
export function seriesOf(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

/** The metric's name in a series. */
export function nameIn(series: string): string {
  const brace = series.indexOf("{");
  return brace === -1 ? series : series.slice(0, brace);
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
