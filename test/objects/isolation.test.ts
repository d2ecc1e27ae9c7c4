import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { draw } from "./draw.ts";
import { installClock } from "./isolation/clock.ts";
import { type Step, steps } from "./isolation/command.ts";
import { faultsOf } from "./isolation/verdict.ts";
import { World } from "./isolation/world.ts";

/** A run's steps, one a line; a tilde stands before what the next one did not wait for. */
function told(steps: readonly Step[]): string {
  const lines = steps.map(
    ({ command, isAwaited }, index) => `${index} ${isAwaited ? "" : "~ "}${JSON.stringify(command)}`,
  );
  return ["", ...lines, ""].join("\n");
}

describe("whoever is known as whomever, whatever is published to whomever", () => {
  let uninstall: (() => void) | undefined;
  beforeAll(async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    uninstall = installClock();
    // All objects share one environment, and so one set of settings: here nobody dies of a clock that is turned on.
    await runInDurableObject(env.USERS.getByName("any"), (instance) => {
      Object.assign(settingsOf((instance as unknown as { env: object }).env), { DEAD_SECONDS: 1e9 });
    });
  });
  afterAll(() => {
    uninstall?.();
    vi.restoreAllMocks();
  });

  it("nobody sees what is not for them at that moment, and everybody gets what is, once (F9)", {
    timeout: 24 * 3600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(steps(15, 30), async (random) => {
        await reset();
        const world = new World();
        await world.run(random);
        expect(await faultsOf(world), told(random)).toEqual([]);
      }),
      draw("ISOLATION", { numRuns: 10, seed: 1 }),
    );
  });
});
