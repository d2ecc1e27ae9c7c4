import { expect, test } from "vitest";
import { runCampaign } from "../fuzz/campaign.ts";
import { startTarget } from "../fuzz/target.ts";

/** The same in every run; `npm run fuzz` takes another each time. */
const SEED = 20_261_120;
const CASES = 1_000;

/** ms; some seconds, and a minute more for the smallest counterexample where there is one. */
const TIMEOUT = 180_000;

/** What so many cases lead to, of the many things: otherwise they would try less than they say. */
const common = [
  "frame: subscribed",
  "frame: unsubscribed",
  "frame: ok",
  "frame: error unknown_type",
  "frame: error forbidden",
  "frame: error invalid_channel",
  "frame: error unauthorized",
  "frame: close invalid_frame",
  "frame: close frame_too_large",
  "http: 200",
  "http: abandoned",
  "http: 400 invalid_json",
  "http: 400 invalid_encoding",
  "http: 401 unauthorized",
  "http: 404 not_found",
  "http: 405 method_not_allowed",
  "http: 422 invalid_body",
  "http: 422 too_deep",
  "http: 422 no_route",
  "http: 422 invalid_data",
  "http: 403 forbidden",
  "http: 409 id_conflict",
  "target: delivered",
  "target: stored",
  "target: queued",
  "target: failed forbidden",
  "target: failed unknown_channel",
  "target: failed id_conflict",
  "upgrade: welcome",
  "upgrade: close unauthorized",
  "upgrade: close invalid_request",
];

test(
  `${CASES} frames, requests and upgrades of every kind are answered as the protocol says (P1 to P6, C2, C5)`,
  async () => {
    await using target = await startTarget();
    const { tally, counterexamples } = await runCampaign({ target, cases: CASES, seed: SEED });
    expect(counterexamples, `npm run fuzz -- --seed ${SEED} --cases ${CASES} repeats it`).toEqual([]);
    expect(tally.cases).toBeGreaterThanOrEqual(CASES);
    expect(common.filter((outcome) => !tally.outcomes.has(outcome))).toEqual([]);
  },
  TIMEOUT,
);
