import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type Metric, type MetricName, metrics } from "../../src/operation/metrics.ts";
import { pointColumns } from "../../src/operation/metrics-point.ts";

const names = Object.keys(metrics) as MetricName[];
/** What Prometheus knows of them by name: a histogram by its parts alone. */
const series = names.flatMap((name) =>
  metrics[name].type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
);

const dashboard = z
  .object({
    panels: z.array(
      z.object({
        id: z.number(),
        title: z.string(),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        targets: z.array(z.object({ expr: z.string() })).min(1),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync("docs/grafana-dashboard.json", "utf8")));
const alerts = readFileSync("docs/alerts.yml", "utf8");
const page = readFileSync("docs/metrics.md", "utf8");
const operations = readFileSync("docs/operations.md", "utf8");

const namesIn = (text: string) => [...text.matchAll(/\bcarillon_\w+/g)].map(([name]) => name);
const labelsIn = (text: string) =>
  [...text.matchAll(/\b(carillon_\w+)\{([^}]*)\}/g)].flatMap(([, name = "", labels = ""]) =>
    [...labels.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)].map(([, label = ""]) => [name, label] as const),
  );

describe("the dashboard", () => {
  const asked = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  test("asks for what there is, and for all of it", () => {
    const found = asked.flatMap(namesIn);
    expect(found.filter((name) => !series.includes(name))).toEqual([]);
    for (const name of names) {
      expect(
        found.some((one) => one.startsWith(name)),
        name,
      ).toBe(true);
    }
    for (const quantile of ["0.5", "0.95", "0.99"]) {
      expect(asked.join("\n")).toContain(`histogram_quantile(${quantile},`);
    }
  });

  test("puts each panel in a place of its own", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, gridPos: one } of panels) {
      const others = panels.filter(
        ({ gridPos: other }) =>
          one.x < other.x + other.w &&
          other.x < one.x + one.w &&
          one.y < other.y + other.h &&
          other.y < one.y + one.h,
      );
      expect(others, title).toHaveLength(1);
      expect(one.x + one.w).toBeLessThanOrEqual(24);
    }
  });
});

describe("the alerts", () => {
  const rules = alerts.split(/^ {6}- alert: /m).slice(1);

  test("ask for what there is", () => {
    expect(namesIn(alerts).filter((name) => !series.includes(name))).toEqual([]);
    for (const [name, label] of labelsIn(alerts)) {
      const metric: Metric | undefined = metrics[name as MetricName];
      expect(metric?.labels, name).toContain(label);
    }
    expect(rules.length).toBeGreaterThanOrEqual(6);
  });

  test.each(rules.map((rule) => [rule.split("\n")[0] ?? "", rule]))("%s is explained", (name, rule) => {
    for (const part of ["expr:", "severity:", "summary:", "description:"]) expect(rule).toContain(part);
    expect(operations).toContain(`\`${name}\``);
  });
});

describe("the page of metrics", () => {
  test.each(names)("documents %s with its type and labels", (name) => {
    const metric: Metric = metrics[name];
    const [row = ""] = page.split("\n").filter((line) => line.startsWith(`| \`${name}\` | ${metric.type} |`));
    expect(row).not.toBe("");
    for (const label of metric.labels) expect(row).toContain(`\`${label}\``);
  });

  test("documents nothing else", () => {
    const known = [...names, ...series];
    expect(namesIn(page).filter((name) => !known.includes(name))).toEqual([]);
  });

  test("has the columns of a data point in their order", () => {
    const columns = [...page.matchAll(/^\| `double(\d+)` \| `(\w+)` \|$/gm)];
    expect(columns.map(([, , name]) => name)).toEqual(pointColumns);
    expect(columns.map(([, number]) => Number(number))).toEqual(columns.map((_, at) => at + 1));
  });
});
