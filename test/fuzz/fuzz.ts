import { randomInt } from "node:crypto";
import { readOptions, required, serviceAddress, type Usage, wholeNumber } from "../../src/cli/args.ts";
import { type Command, main } from "../../src/cli/command.ts";
import { firstPublishKey, readVariables } from "../../src/cli/dev-vars.ts";
import { runCampaign } from "./campaign.ts";
import { Tally } from "./tally.ts";
import { startTarget, type Target } from "./target.ts";

const usage = {
  call: "npm run fuzz --",
  summary:
    "Tries a service with frames and requests of every kind, good and bad. Exit code 0: it took none of them amiss.",
  options: {
    cases: { type: "string", value: "<number>", default: "100000", help: "How many." },
    seed: {
      type: "string",
      value: "<number>",
      help: "Repeats the run that had this seed. Default: a new one.",
    },
    url: {
      type: "string",
      value: "<address>",
      help: "A service for development that runs already; its secrets are those of the environment or .dev.vars. Default: one of its own.",
    },
  },
} as const satisfies Usage;

const MAX_SEED = 2 ** 31 - 1;
const PROGRESS_INTERVAL = 10_000;

/** `npm run fuzz`: frames over connections and bodies over HTTP, until all cases are tried or one is taken amiss. */
export const fuzz: Command = async (argv, { directory, env, out, err, stop }) => {
  const { options } = readOptions(usage, argv);
  const cases = wholeNumber("--cases", options.cases, 1, 100_000_000);
  const seed = wholeNumber("--seed", options.seed ?? String(randomInt(MAX_SEED)), 0, MAX_SEED);
  await using target =
    options.url === undefined
      ? await startTarget()
      : remote(serviceAddress(options.url), readVariables(directory, env));
  out(`Seed ${seed}, ${cases} cases against ${target.url}.`);
  const startedAt = performance.now();
  const took = () => Math.round((performance.now() - startedAt) / 1000);
  const tally = new Tally();
  const timer = setInterval(() => err(`${tally.cases} cases, ${took()} s`), PROGRESS_INTERVAL);
  try {
    const { counterexamples } = await runCampaign({ target, cases, seed, tally, stop });
    for (const line of tally.lines()) out(line);
    out(`${tally.cases} cases in ${took()} s, ${counterexamples.length} counterexamples.`);
    for (const { lane, cases: smallest, error } of counterexamples) {
      err(
        `\nIn the lane of ${lane} (repeat with --seed ${seed} --cases ${cases}):\n${error}\nBy:\n${smallest.join("\n")}`,
      );
    }
    return counterexamples.length > 0 || stop.aborted ? 1 : 0;
  } finally {
    clearInterval(timer);
  }
};

function remote(url: URL, variables: ReturnType<typeof readVariables>): Target {
  return {
    url: url.origin,
    publishKey: required("PUBLISH_KEYS", firstPublishKey(variables)),
    jwtSecret: required("JWT_SECRET", variables.JWT_SECRET?.split(",")[0]),
    // A service that runs elsewhere knows no others.
    limitedKey: "no-limited-key",
    hmacSecret: "no-secret-for-tickets",
    output: () => "",
    [Symbol.asyncDispose]: async () => {},
  };
}

if (import.meta.main) await main(fuzz);
