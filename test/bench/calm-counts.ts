import { setTimeout as wait } from "node:timers/promises";
import { COUNTS_PATH, type CountsAnswer, countsAnswer } from "./counts.ts";

/** How long nothing may be counted or be under way until everything is taken to be done, in milliseconds. */
const CALM = 75;

/** What a server that listens on this port has counted, once nothing happens there any more. */
export async function calmCounts(port: number): Promise<CountsAnswer> {
  for (let before = ""; ; ) {
    const response = await fetch(`http://127.0.0.1:${port}${COUNTS_PATH}`);
    const text = await response.text();
    const answer = countsAnswer.parse(JSON.parse(text));
    if (text === before && answer.underWay === 0) return answer;
    before = text;
    await wait(CALM);
  }
}
