/** One metric of an exposition, as it stands there. */
export interface Exposed {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Values by series, with labels as they are written. */
  readonly samples: ReadonlyMap<string, number>;
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (\S+)$/;

/**
 * Reads the text format of Prometheus line by line.
 *
 * @throws {Error} on what `promtool check metrics` refuses: a sample outside of its metric, a series that comes twice, a
 *   metric in two places, a value that is none.
 */
export function readExposition(text: string): Exposed[] {
  if (!text.endsWith("\n")) throw new Error("The last line does not end.");
  const exposed: (Exposed & { samples: Map<string, number> })[] = [];
  const seen = new Set<string>();
  let help: { name: string; text: string } | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === "HELP") {
      help = { name, text: rest };
      continue;
    }
    if (kind === "TYPE") {
      if (help?.name !== name) throw new Error(`${name} has no HELP before its TYPE.`);
      if (exposed.some((one) => one.name === name)) throw new Error(`${name} stands in two places.`);
      exposed.push({ name, type: rest, help: help.text, samples: new Map() });
      continue;
    }
    const [, sample, labels = "", value] = sampleLine.exec(line) ?? [];
    const metric = exposed.at(-1);
    if (!sample || !metric) throw new Error(`No line of the format: ${line}`);
    const base = metric.type === "histogram" ? sample.replace(/_(bucket|sum|count)$/, "") : sample;
    if (base !== metric.name) throw new Error(`${sample} stands among those of ${metric.name}.`);
    if (!Number.isFinite(Number(value))) throw new Error(`No number: ${line}`);
    if (seen.has(`${sample}${labels}`)) throw new Error(`${sample}${labels} comes twice.`);
    seen.add(`${sample}${labels}`);
    metric.samples.set(`${sample}${labels}`, Number(value));
  }
  return exposed;
}

/** What `promtool check metrics` finds fault with in names, types and histograms. */
export function lint(exposed: readonly Exposed[]): string[] {
  return exposed.flatMap(({ name, type, help, samples }) => {
    const faults: string[] = [];
    const complain = (fault: string) => void faults.push(`${name}: ${fault}`);
    if (help === "") complain("has no help");
    if (!["counter", "gauge", "histogram"].includes(type)) complain(`is of no known type: ${type}`);
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) complain("is not in snake case");
    if (type === "counter" && !name.endsWith("_total")) complain("is a counter and does not end in _total");
    if (type !== "counter" && name.endsWith("_total")) complain("is no counter and ends in _total");
    if (/_(count|sum|bucket)$/.test(name)) complain("ends like a part of a histogram");
    if (/_(milliseconds|minutes|ms|kilobytes|percent)(_|$)/.test(name)) complain("is not in a base unit");
    if (/(counter|gauge|histogram)/.test(name)) complain("has its type in its name");
    if (samples.size === 0) complain("has no sample");
    for (const value of samples.values()) {
      if (type !== "gauge" && value < 0) complain("has gone below nothing");
    }
    if (type === "histogram") faults.push(...lintBuckets(name, samples));
    return faults;
  });
}

function lintBuckets(name: string, samples: Exposed["samples"]): string[] {
  const groups = Map.groupBy(
    [...samples].filter(([series]) => series.startsWith(`${name}_bucket`)),
    ([series]) => series.replace(/,?le="[^"]*"/, ""),
  );
  return [...groups].flatMap(([group, buckets]) => {
    const bounds = buckets.map(([series]) =>
      Number(/le="([^"]*)"/.exec(series)?.[1]?.replace("+Inf", "Infinity")),
    );
    const values = buckets.map(([, value]) => value);
    const labels = group.slice(`${name}_bucket`.length).replace("{}", "");
    const count = samples.get(`${name}_count${labels}`);
    const rises = (numbers: readonly number[]) =>
      numbers.every((value, at) => at === 0 || value >= (numbers[at - 1] ?? 0));
    return [
      rises(bounds) ? [] : `${group}: buckets are not in order`,
      rises(values) ? [] : `${group}: a wider bucket holds less`,
      bounds.at(-1) === Number.POSITIVE_INFINITY && values.at(-1) === count
        ? []
        : `${group}: +Inf is not the count`,
      samples.has(`${name}_sum${labels}`) ? [] : `${group}: has no sum`,
    ].flat();
  });
}

/** The sum of a metric's series that have these labels. */
export function total(
  exposed: readonly Exposed[],
  series: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return exposed
    .flatMap(({ samples }) => [...samples])
    .filter(([one]) => one.split("{")[0] === series && wanted.every((pair) => one.includes(pair)))
    .reduce((sum, [, value]) => sum + value, 0);
}
