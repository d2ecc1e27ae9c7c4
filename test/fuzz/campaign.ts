import fc from "fast-check";
import { Client } from "./client.ts";
import { FrameLane } from "./frame-lane.ts";
import type { Lane } from "./lane.ts";
import { OutputWatch } from "./output-watch.ts";
import { printed } from "./print.ts";
import { RequestLane } from "./request-lane.ts";
import { Search } from "./search.ts";
import { Tally } from "./tally.ts";
import type { Target } from "./target.ts";
import { UpgradeLane } from "./upgrade-lane.ts";

/** The most cases between two looks at whether anybody else was harmed. */
const BATCH = 20;

export interface CampaignOptions {
  readonly target: Target;
  readonly cases: number;
  /** The same seed gives the same cases. */
  readonly seed: number;
  readonly tally?: Tally;
  readonly stop?: AbortSignal;
}

/** What the service did wrong, by the smallest cases that were found to show it. */
export interface Counterexample {
  readonly lane: string;
  readonly cases: readonly string[];
  readonly error: string;
}

export interface CampaignResult {
  readonly tally: Tally;
  readonly counterexamples: readonly Counterexample[];
}

/** Tries a service with many cases, in several lanes at once, until all are tried or one shows something wrong. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { target, cases, seed, tally = new Tally(), stop } = options;
  using client = new Client(target.url);
  const search = new Search(new OutputWatch(target));
  // Users of their own, so that a service may be tried again.
  const run = `fuzz-${Date.now().toString(36)}`;
  const found: Counterexample[] = [];
  const shrunk: Counterexample[] = [];
  let lanes = 0;

  const runLane = async <Case>(share: number, open: (user: string) => Promise<Lane<Case>>) => {
    lanes += 1;
    const laneSeed = (seed + lanes) | 0;
    using lane = await open(`${run}-${lanes}`);
    const ownCases = Math.ceil(cases * share);
    let tried = 0;
    /** Those of a batch that were tried when it failed: what comes after them has no part in it. */
    let failing: readonly Case[] = [];
    const batch = fc.array(lane.cases, { minLength: 1, maxLength: BATCH, size: "max" });
    const property = fc.asyncProperty(batch, async (items) => {
      if (stop?.aborted || tried >= ownCases || search.isOverFor(lane.name)) return;
      let reached = 0;
      const tryAll = async () => {
        for (const item of items) {
          reached += 1;
          await lane.try(item);
        }
        await lane.settle();
      };
      try {
        await search.attempt(lane.name, tryAll);
      } catch (error) {
        failing = items.slice(0, reached);
        throw error;
      }
      tried += items.length;
    });
    // Batches are of any size up to the largest; the surplus is not run.
    const numRuns = Math.ceil(ownCases / BATCH) * 4 + 10;
    const { failed, errorInstance, numShrinks } = await fc.check(property, { seed: laneSeed, numRuns });
    search.leave(lane.name);
    if (!failed) return;
    const error = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
    (numShrinks > 0 ? shrunk : found).push({ lane: lane.name, cases: failing.map(printed), error });
  };

  const common = { target, client, tally };
  const frames = (place: "user" | "room") => (user: string) => FrameLane.open({ ...common, user, place });
  const requests = (user: string) => RequestLane.open({ ...common, user });
  await Promise.all([
    runLane(0.2, frames("user")),
    runLane(0.2, frames("user")),
    runLane(0.1, frames("room")),
    runLane(0.1, frames("room")),
    runLane(0.1, requests),
    runLane(0.1, requests),
    runLane(0.1, requests),
    runLane(0.1, (user) => UpgradeLane.open({ ...common, user })),
  ]);
  // Of several that came upon the same, the one that could do it again alone is to blame.
  return { tally, counterexamples: shrunk.length > 0 ? shrunk : found };
}
