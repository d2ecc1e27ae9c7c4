import { beforeEach, describe, expect, it } from "vitest";
import { Gathering } from "../../src/objects/gathering.ts";

let sockets: number;
let flushes: number;
/** What was waited for, in milliseconds, and the means to let that time pass. */
let waits: { ms: number; pass: () => void }[];

beforeEach(() => {
  sockets = 1000;
  flushes = 0;
  waits = [];
});

function gathering(longest = 50): Gathering {
  return new Gathering({
    flush: () => {
      flushes += 1;
    },
    sockets: () => sockets,
    perSocket: 0.01,
    longest,
    wait: (ms) => new Promise((pass) => waits.push({ ms, pass })),
  });
}

/** Lets the time pass that is waited for, and what follows happen. */
async function pass(): Promise<void> {
  for (const wait of waits.splice(0)) wait.pass();
  await scheduler.wait(0);
}

/** Lets pass what is left of the time after a flush. */
async function rest(): Promise<void> {
  await pass();
  await pass();
}

describe("gathering", () => {
  it("sends at once what comes first", () => {
    expect(gathering().send()).toBeUndefined();
    expect(flushes).toBe(1);
  });

  it("sends together what comes in the time after it, and says when", async () => {
    const gathered = gathering();
    gathered.send();
    let sent = 0;
    void gathered.send()?.then(() => sent++);
    void gathered.send()?.then(() => sent++);
    await pass();
    expect([flushes, sent]).toEqual([1, 0]);
    await pass();
    expect([flushes, sent]).toEqual([2, 2]);
  });

  it("sends at once again when nothing came in that time, and leaves no timer behind", async () => {
    const gathered = gathering();
    gathered.send();
    await rest();
    expect([flushes, waits.length]).toEqual([1, 0]);
    expect(gathered.send()).toBeUndefined();
    expect(flushes).toBe(2);
  });

  it("waits again after what was gathered", async () => {
    const gathered = gathering();
    gathered.send();
    gathered.send();
    await rest();
    gathered.send();
    expect(flushes).toBe(2);
    await rest();
    expect(flushes).toBe(3);
  });

  it.each([
    [100, [0, 1]],
    [1000, [0, 10]],
    [5000, [0, 50]],
    [30_000, [0, 50]],
  ])("with %d sockets, counts %j ms from when the sockets have been written to", async (count, expected) => {
    sockets = count;
    gathering().send();
    const asked = waits.map(({ ms }) => ms);
    await pass();
    expect([...asked, ...waits.map(({ ms }) => ms)]).toEqual(expected);
  });

  it.each([
    ["a few sockets", 99, 50],
    ["none to be waited for", 30_000, 0],
  ])("lets nothing wait with %s", (_case, count, longest) => {
    sockets = count;
    const gathered = gathering(longest);
    gathered.send();
    expect(gathered.send()).toBeUndefined();
    expect([flushes, waits.length]).toEqual([2, 0]);
  });

  it("says that nothing is pending before, between and after", async () => {
    const gathered = gathering();
    expect(gathered.pending).toBeUndefined();
    gathered.send();
    expect(gathered.pending).toBeUndefined();
    gathered.send();
    expect(gathered.pending).toBeDefined();
    await rest();
    expect(gathered.pending).toBeUndefined();
  });
});
