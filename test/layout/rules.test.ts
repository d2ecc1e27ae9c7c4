import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const document = readFileSync("src/protocol/carillon.v1.md", "utf8");
const rules = [...document.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, id]) => id ?? "");

const tests = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts"))
  .map((path) => readFileSync(`test/${path}`, "utf8"))
  .join("\n");

/** Rule ids that some test's title quotes, as `(F3)` or `(R1, R2)`. */
const quoted = new Set(
  [...tests.matchAll(/\(([A-Z]\d+(?:, [A-Z]\d+)*)\)[^"`]*["`]/g)].flatMap(([, ids]) =>
    (ids ?? "").split(", "),
  ),
);

describe("the wire document", () => {
  it("has rules, each with an id of its own", () => {
    expect(rules.length).toBeGreaterThan(20);
    expect(new Set(rules).size).toBe(rules.length);
  });

  it("has no rule that no test quotes", () => {
    expect(rules.filter((id) => !quoted.has(id))).toEqual([]);
  });

  it("is not quoted for a rule that it does not have", () => {
    expect([...quoted].filter((id) => !rules.includes(id))).toEqual([]);
  });
});
