import { type Command, main } from "../../src/cli/command.ts";
import { readChaosOptions } from "./options.ts";
import { faultsOf, isFlawless, reportOf } from "./report.ts";
import { run } from "./run.ts";

/** `npm run chaos`: kills the service while it works, and tells what became of the events. */
export const chaos: Command = async (argv, { out, err, stop }) => {
  const options = readChaosOptions(argv);
  // Before anything else, so that a run that does not come to its end can be repeated.
  err(`seed ${options.seed}`);
  const outcome = await run({ ...options, progress: err, stop });
  for (const line of reportOf(outcome, options)) out(line);
  if (isFlawless(outcome)) return 0;
  for (const line of faultsOf(outcome)) err(line);
  return 1;
};

if (import.meta.main) await main(chaos);
