import { expect, test } from "vitest";
import { randomSeed } from "../chaos/options.ts";
import { faultsOf, isFlawless, reportOf } from "../chaos/report.ts";
import { run } from "../chaos/run.ts";
import { kinds } from "../chaos/verdict.ts";

test("nothing that was answered with success is lost, repeated, reordered or led astray, whatever is killed (F3, F5, F8)", {
  timeout: 240_000,
}, async () => {
  const options = { seed: randomSeed(), clients: 60, kills: 3, aborts: 20, seconds: 3, rate: 200 };
  const outcome = await run({ ...options, progress: () => {}, stop: new AbortController().signal });
  const told = reportOf(outcome, options);
  console.log(told.join("\n"));
  expect(isFlawless(outcome), [...told, ...faultsOf(outcome)].join("\n")).toBe(true);
  expect(outcome.kills.count).toBe(3);
  expect(outcome.aborts.count).toBeGreaterThanOrEqual(20);
  expect(outcome.letters.retried).toBeGreaterThan(0);
  expect(outcome.webhooks.taken).toBeGreaterThan(0);
  const { sharing, breaks, healing, reconnects } = outcome.connections;
  expect([sharing, reconnects].map((count) => count > 0)).toEqual([true, true]);
  expect(healing.length, "Breaks that healed.").toBe(breaks);
  for (const kind of kinds) {
    expect(outcome.figures[kind].delivered, `What was delivered ${kind}.`).toBeGreaterThan(0);
  }
});
