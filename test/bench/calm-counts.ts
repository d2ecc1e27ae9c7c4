import { setTimeout as wait } from "node:timers/promises";
import { COUNTS_PATH, type Counts, counts } from "./counts.ts";

/** How long nothing may be counted until everything is taken to be done, in milliseconds. */
const CALM = 500;

/** What a server that listens on this port has counted, once nothing happens there any more. */
export async function calmCounts(port: number): Promise<Counts> {
  for (let before = ""; ; ) {
    const response = await fetch(`http://127.0.0.1:${port}${COUNTS_PATH}`);
    const text = await response.text();
    if (text === before) return counts.parse(JSON.parse(text));
    before = text;
    await wait(CALM);
  }
}
