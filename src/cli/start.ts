import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { issueDevToken } from "../auth/dev-token.ts";
import { healthAnswer } from "./answers.ts";
import { readOptions, type Usage, UsageError, wholeNumber } from "./args.ts";
import { banner } from "./banner.ts";
import { type Command, Failure, main } from "./command.ts";
import { DevServer } from "./dev-server.ts";
import { firstPublishKey, readDevVars, settingsFrom, writeDevVars } from "./dev-vars.ts";
import { Patience } from "./patience.ts";
import { portProblem } from "./port.ts";
import { ask } from "./request.ts";

const usage = {
  call: "[PORT=8787] npm start --",
  summary: "Runs the service on this machine until Ctrl-C.",
  options: {
    fresh: { type: "boolean", help: "Forgets what the service stored before." },
    https: { type: "boolean", help: "Serves https and wss, with a certificate that nobody signed." },
  },
  rest: { value: "<flags>", help: "Flags for wrangler dev." },
} as const satisfies Usage;

/** The flags of wrangler that this command sets itself. */
const ownFlags = ["--port", "--ip", "--local-protocol"];

/** Where wrangler keeps what the objects store. */
const STATE = ".wrangler/state";

/** How long the service may take to become ready, in milliseconds: pages and Worker are built first. */
const PATIENCE = 120_000;
/** How often it is asked meanwhile, in milliseconds. */
const INTERVAL = 100;

const demo = { user: "demo", role: "member" } as const;

/** `npm start`: the service on this machine, with all that is needed to try it. */
export const start: Command = async (argv, surroundings) => {
  const { directory, env, out, err, stop } = surroundings;
  const { options, rest } = readOptions(usage, argv);
  const port = wholeNumber("PORT", env.PORT || "8787", 1, 65_535);
  const own = rest.find((flag) => ownFlags.some((name) => flag === name || flag.startsWith(`${name}=`)));
  if (own !== undefined) throw new UsageError(`${own} is set by npm start itself; the port is PORT.`);
  if (options.fresh && rest.some((flag) => flag.startsWith("--persist-to"))) {
    throw new UsageError(`--fresh deletes ${STATE}, not what --persist-to names; delete that by hand.`);
  }

  // Before anything is written or deleted: the program that listens there may be this service.
  const problem = await portProblem(port);
  if (problem !== undefined) {
    throw new Failure(
      `Port ${port} cannot be used: ${problem}. Stop what uses it, or take another port: PORT=${port === 65_535 ? 8787 : port + 1} npm start`,
    );
  }
  if (writeDevVars(directory)) out("Wrote .dev.vars from .dev.vars.example: the settings of this machine.");
  const variables = readDevVars(directory);
  const settings = settingsFrom(variables);
  if (options.fresh) rmSync(join(directory, STATE), { recursive: true, force: true });

  const protocol = options.https ? "https" : "http";
  const address = `${protocol}://localhost:${port}`;
  out(`Starting ${address} …`);
  const server = new DevServer(
    [
      ...["--port", String(port)],
      // Browsers find it under localhost too, and the network does not: its keys are known to everyone.
      ...["--ip", "127.0.0.1"],
      ...["--local-protocol", protocol],
      "--show-interactive-dev-session=false",
      ...rest,
    ],
    surroundings,
  );
  try {
    await ready(new URL(`${protocol}://127.0.0.1:${port}/`), server, stop);
    const request = { userId: demo.user, roles: [demo.role] };
    const { token } = await issueDevToken(request, settings, Date.now());
    out(banner({ address, ...demo, token, key: firstPublishKey(variables) ?? "" }));
    server.pass();
    const ended = await Promise.race([server.ended, stopped(stop)]);
    if (ended === undefined) return 0;
    err(`${ended}.`);
    return 1;
  } catch (error) {
    if (stop.aborted) return 0;
    server.release();
    throw error;
  } finally {
    await server.stop();
  }
};

/** Waits until the service says that it is well. */
async function ready(service: URL, server: DevServer, stop: AbortSignal): Promise<void> {
  using patience = new Patience(PATIENCE, stop, `The service was not ready within ${PATIENCE / 1000} s.`);
  const { signal } = patience;
  const gone = server.ended.then((how) => {
    throw new Failure(`The service did not start: ${how}.`);
  });
  for (;;) {
    const health = await Promise.race([gone, isWell(service, signal)]);
    if (health) return;
    signal.throwIfAborted();
    await Promise.race([gone, delay(INTERVAL, undefined, { ref: false })]);
  }
}

/** Whether the service is well; not when nothing answers yet. */
async function isWell(service: URL, signal: AbortSignal): Promise<boolean> {
  let answer: Awaited<ReturnType<typeof ask>>;
  try {
    answer = await ask(service, { method: "GET", path: "health" }, signal);
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
  const health = healthAnswer.safeParse(answer.body);
  if (!health.success) return false;
  const { ok, problems } = health.data;
  if (ok || problems.length === 0) return ok;
  // It will not become well by waiting.
  const lines = problems.map(({ name, message }) => `  ${name}: ${message}`);
  throw new Failure(["The service is not configured:", ...lines].join("\n"));
}

function stopped(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  return promise;
}

if (import.meta.main) await main(start);
