import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draw } from "./draw.ts";
import { rooms, seatNames } from "./interleavings/cast.ts";
import type { Step } from "./interleavings/command.ts";
import { marks, steps } from "./interleavings/command.ts";
import { hasten } from "./interleavings/objects.ts";
import { install, Pranks } from "./interleavings/pranks.ts";
import { faultsOf } from "./interleavings/settling.ts";
import { World } from "./interleavings/world.ts";

const pranks = new Pranks();

/** Everybody comes and follows what they may, so that no run happens in an empty house. */
const opening: readonly Step[] = [
  ...seatNames.map(
    (seat): Step => ({
      command: {
        do: "connect",
        seat,
        badge: seat === "carolLaptop" ? "nurse8" : "doctor",
        since: "none",
        isBrief: false,
      },
      isAwaited: false,
    }),
  ),
  { command: { do: "breathe", ms: 5 }, isAwaited: true },
  ...seatNames.map(
    (seat): Step => ({ command: { do: "follow", seat, rooms, since: "none" }, isAwaited: false }),
  ),
];

describe("any interleaving of what clients, publishers and the platform do", () => {
  let uninstall: (() => void) | undefined;
  beforeAll(async () => {
    await hasten();
    uninstall = install(pranks);
  });
  afterAll(() => uninstall?.());

  it("shows no client a hole, a repeat or what it may not follow (F2, F3, F5, F9)", {
    timeout: 24 * 3600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(marks, steps(15, 30), async (mark, random) => {
        const world = new World(pranks, mark);
        await world.run([...opening, ...random]);
        expect(await faultsOf(world)).toEqual([]);
      }),
      draw("INTERLEAVINGS", { numRuns: 20, seed: 1 }),
    );
  });
});
