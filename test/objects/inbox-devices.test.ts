import { reset } from "cloudflare:test";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { draw } from "./draw.ts";
import { seatNames } from "./inbox/cast.ts";
import { installClock } from "./inbox/clock.ts";
import { marks, type Step, steps } from "./inbox/command.ts";
import { install, Pranks } from "./inbox/pranks.ts";
import { faultsOf, hasten } from "./inbox/settling.ts";
import { World } from "./inbox/world.ts";

const pranks = new Pranks();

/** Every device is there at first. */
const opening: readonly Step[] = seatNames.map((seat) => ({
  command: { do: "connect", seat, isFresh: true },
  isAwaited: false,
}));

/** A run's steps, one a line; a tilde stands before what the next one did not wait for. */
function told(steps: readonly Step[]): string {
  const lines = steps.map(
    ({ command, isAwaited }, index) => `${index} ${isAwaited ? "" : "~ "}${JSON.stringify(command)}`,
  );
  return ["", ...lines, ""].join("\n");
}

describe("whatever is published, marked, deleted, recalled and forgotten over five devices", () => {
  let uninstall: readonly (() => void)[] = [];
  beforeAll(() => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    uninstall = [install(pranks), installClock()];
  });
  afterAll(() => {
    for (const undo of uninstall) undo();
    vi.restoreAllMocks();
  });

  it("leaves each inbox, badge and device with what a plain list would have", {
    timeout: 24 * 3600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(marks, steps(25, 50), async (mark, random) => {
        await reset();
        await hasten();
        const world = new World(pranks, mark);
        await world.run([...opening, ...random]);
        expect(await faultsOf(world), told(random)).toEqual([]);
      }),
      draw("INBOX", { numRuns: 8, seed: 1 }),
    );
  });
});
