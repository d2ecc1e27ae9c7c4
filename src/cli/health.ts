import { healthAnswer, refusal } from "./answers.ts";
import { readOptions, serviceAddress, type Usage, urlOption } from "./args.ts";
import { type Command, main } from "./command.ts";
import { ask } from "./request.ts";

const usage = {
  call: "npm run health --",
  summary: "Asks a service how it is. Exit code 0: well; 1: not well, or not there.",
  options: { url: urlOption },
} as const satisfies Usage;

/** `npm run health`: the answer of `GET /health`, for people. */
export const health: Command = async (argv, { out, err, stop }) => {
  const service = serviceAddress(readOptions(usage, argv).options.url);
  const began = performance.now();
  const answer = await ask(service, { method: "GET", path: "health" }, stop);
  const parsed = healthAnswer.safeParse(answer.body);
  if (!parsed.success) {
    err(`${service.href}: ${refusal(answer)}`);
    return 1;
  }
  const { ok, name, version, environment, problems, ...more } = parsed.data;
  out(`${name} ${version} at ${service.href} is ${ok ? "well" : "not well"}`);
  out(`  environment  ${environment}`);
  out(`  realtime     ${more.enabled ? "on" : "off: clients poll (REALTIME_ENABLED)"}`);
  if (more.objects !== undefined) out(`  objects      ${more.objects}`);
  if (more.settings.length > 0) out(`  settings     ${more.settings.join(", ")}`);
  if (more.bindings.length > 0) out(`  bindings     ${more.bindings.join(", ")}`);
  out(`  answered in  ${Math.round(performance.now() - began)} ms`);
  for (const problem of problems) err(`  ${problem.name}: ${problem.message}`);
  return ok && answer.status === 200 ? 0 : 1;
};

if (import.meta.main) await main(health);
