import { reset } from "cloudflare:test";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { shardCounts } from "./broadcasts/cast.ts";
import { marks, type Step, steps } from "./broadcasts/command.ts";
import { changeSettings } from "./broadcasts/objects.ts";
import { install, Pranks } from "./broadcasts/pranks.ts";
import { faultsOf, gather } from "./broadcasts/settling.ts";
import { World } from "./broadcasts/world.ts";
import { draw } from "./draw.ts";

const pranks = new Pranks();

/** A run's steps, one a line; a tilde stands before what the next one did not wait for. */
function told(steps: readonly Step[]): string {
  const lines = steps.map(
    ({ command, isAwaited }, index) => `${index} ${isAwaited ? "" : "~ "}${JSON.stringify(command)}`,
  );
  return ["", ...lines, ""].join("\n");
}

describe("any interleaving of members, broadcasts and a failing platform", () => {
  let uninstall: (() => void) | undefined;
  beforeAll(() => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    uninstall = install(pranks);
  });
  afterAll(() => {
    uninstall?.();
    vi.restoreAllMocks();
  });

  it("brings every member everything that was answered once, in one order (F2, F3, F7, F8)", {
    timeout: 24 * 3600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(marks, steps(15, 30), async (mark, random) => {
        await reset();
        await changeSettings({
          ...{ AUDIENCE_SHARDS: shardCounts[0], PAGE_EVENTS: 6, RETRY_SECONDS: 0.02 },
          GATHER_SOCKET_MICROSECONDS: 3000,
        });
        const world = new World(pranks, mark);
        await gather(world);
        await world.run(random);
        expect(await faultsOf(world), told(random)).toEqual([]);
      }),
      draw("BROADCASTS", { numRuns: 5, seed: 1 }),
    );
  });
});
