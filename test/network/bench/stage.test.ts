import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { type AudienceName, makeAudience } from "../../bench/audience.ts";
import { faultsOf } from "../../bench/measurement.ts";
import { Stage } from "../../bench/stage.ts";
import { type Lie, lyingServer } from "./lying-server.ts";

const SOCKETS = 4;
const secrets = { publishKey: "key-of-this-test", jwtSecret: "secret-of-this-test" };

/** Opens four sockets, held by one process or spread over several. */
async function open(lie: Lie, audience: AudienceName, listeners = 1) {
  const stage = await Stage.open({
    contender: lyingServer(lie),
    secrets,
    folder: tmpdir(),
    audience: await makeAudience(audience, SOCKETS, secrets),
    listeners,
    padding: 10,
    arrival: 300,
  });
  const connected = await stage.connect(SOCKETS, 2);
  expect(faultsOf(connected)).toBe(0);
  return stage;
}

/** Publishes ten events to a room. */
async function measure(lie: Lie) {
  await using stage = await open(lie, "room", lie === "loses" ? 2 : 1);
  const pace = { kind: "each", publishers: 1, times: 10 } as const;
  return await stage.publish({ name: "ten", batch: 1, pace });
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

test.each<{ lie: Lie; lost: number; repeated: number; surplus: number }>([
  { lie: "works", lost: 0, repeated: 0, surplus: 0 },
  { lie: "loses", lost: SOCKETS, repeated: 0, surplus: 0 },
  { lie: "repeats", lost: 0, repeated: SOCKETS, surplus: 0 },
])("finds what is wrong with a broadcast by a server that $lie", async ({ lie, lost, repeated, surplus }) => {
  await using stage = await open(lie, "broadcast");
  const row = await stage.broadcast({ name: "ten", target: 0, batch: 10, silence: 0, isNotified: false }, 0);
  const deliveries = 10 * SOCKETS - lost;
  expect(row).toMatchObject({ broadcasts: 1, lost, repeated, surplus, refused: 0, deliveries });
  expect(faultsOf(row)).toBe(lost + repeated);
});

test("counts as too much what comes to users whom a broadcast is not for", async () => {
  await using stage = await open("works", "broadcast");
  // This server sends everything to everybody, and the role is that of every second user.
  const row = await stage.broadcast({ name: "role", target: 1, batch: 10, silence: 0, isNotified: false }, 0);
  expect(row).toMatchObject({ lost: 0, surplus: 5 * SOCKETS });
});

test("broadcasts again for as long as it is told to, and adds up", async () => {
  await using stage = await open("loses", "broadcast");
  const row = await stage.broadcast({ name: "one", target: 0, batch: 1, silence: 0, isNotified: false }, 0.6);
  expect(row.broadcasts).toBeGreaterThan(1);
  // It loses the third, if there was time for three.
  const lost = row.broadcasts >= 3 ? SOCKETS : 0;
  expect(row).toMatchObject({ lost, deliveries: row.broadcasts * SOCKETS - lost });
});
