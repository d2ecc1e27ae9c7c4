import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { makeAudience } from "../../bench/audience.ts";
import { faultsOf } from "../../bench/measurement.ts";
import { Stage } from "../../bench/stage.ts";
import { type Lie, lyingServer } from "./lying-server.ts";

const SOCKETS = 4;
const secrets = { publishKey: "key-of-this-test", jwtSecret: "secret-of-this-test" };

/** Publishes ten events to a room of four sockets, spread over two processes. */
async function measure(lie: Lie) {
  await using stage = await Stage.open({
    contender: lyingServer(lie),
    secrets,
    folder: tmpdir(),
    audience: await makeAudience("room", SOCKETS, secrets),
    listeners: 2,
    padding: 10,
    arrival: 300,
  });
  const connected = await stage.connect(SOCKETS, 2);
  expect(faultsOf(connected)).toBe(0);
  const pace = { kind: "each", publishers: 1, times: 10 } as const;
  return await stage.publish({ name: "ten", audience: "room", batch: 1, pace });
}

test.each<{ lie: Lie; lost: number; repeated: number; refused: number }>([
  { lie: "works", lost: 0, repeated: 0, refused: 0 },
  { lie: "loses", lost: SOCKETS, repeated: 0, refused: 0 },
  { lie: "repeats", lost: 0, repeated: SOCKETS, refused: 0 },
  // An event that comes after a later one is not where it belongs, and is not counted when it comes.
  { lie: "swaps", lost: SOCKETS, repeated: SOCKETS, refused: 0 },
  { lie: "refuses", lost: 0, repeated: 0, refused: 1 },
  { lie: "hangs up", lost: 7 * SOCKETS, repeated: 0, refused: 0 },
])("finds what is wrong with a server that $lie", async ({ lie, lost, repeated, refused }) => {
  const row = await measure(lie);
  const sent = SOCKETS * (10 - refused);
  expect(row).toMatchObject({ lost, repeated, refused, surplus: 0, deliveries: sent - lost });
  expect(faultsOf(row)).toBe(lost + repeated + refused);
  expect(row.failures.join()).toMatch(
    lie === "hangs up" ? /broke|ECONNRESET/ : lie === "refuses" ? /unavail/ : /^$/,
  );
});
