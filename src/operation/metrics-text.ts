import { latencyBounds, type Metric, type MetricName, metrics, nameIn, seriesOf } from "./metrics.ts";
import type { Sums } from "./metrics-tally.ts";

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Writes sums and gauges as Prometheus reads them: each metric in one block, each series once. A gauge of which nothing
 * is known is left out.
 */
export function expositionOf(sums: Sums, gauges: Sums): string {
  const byName = Object.groupBy(Object.keys(sums), nameIn);
  const gaugesByName = Object.groupBy(Object.keys(gauges), nameIn);
  const blocks = (Object.keys(metrics) as MetricName[]).map((name) => {
    const metric: Metric = metrics[name];
    const lines =
      metric.type === "gauge"
        ? (gaugesByName[name] ?? []).toSorted().map((series) => sample(series, gauges))
        : metric.type === "histogram"
          ? histogram(name, metric, sums, byName[`${name}_count`] ?? [])
          : counter(name, metric, sums, byName[name] ?? []);
    return lines.length === 0
      ? ""
      : [`# HELP ${name} ${metric.help}`, `# TYPE ${name} ${metric.type}`, ...lines, ""].join("\n");
  });
  return blocks.join("");
}

function counter(name: string, metric: Metric, sums: Sums, known: readonly string[]): string[] {
  const series = new Set([...startingSeries(name, metric), ...known]);
  return [...series].toSorted().map((one) => sample(one, sums));
}

function histogram(name: string, metric: Metric, sums: Sums, known: readonly string[]): string[] {
  const counts = new Set([...startingSeries(`${name}_count`, metric), ...known]);
  return [...counts].toSorted().flatMap((count) => {
    // The labels stand in the count's own name, and are written in the same way for the others.
    const braces = count.slice(`${name}_count`.length);
    const labels = braces === "" ? "" : `${braces.slice(1, -1)},`;
    const bucket = (le: string) => `${name}_bucket{${labels}le="${le}"}`;
    return [
      ...[...latencyBounds.map(String), "+Inf"].map((le) => sample(bucket(le), sums)),
      sample(`${name}_sum${braces}`, sums),
      sample(count, sums),
    ];
  });
}

/** The series that are there before anything was counted. */
function startingSeries(name: string, { labels: [label], from0 = [] }: Metric): string[] {
  return from0.map((value) => seriesOf(name, label === undefined ? {} : { [label]: value }));
}

function sample(series: string, sums: Sums): string {
  return `${series} ${sums[series] ?? 0}`;
}
