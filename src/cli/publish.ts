import type { z } from "zod";
import { expectAnswer, publishAnswer, type targetAnswer } from "./answers.ts";
import {
  keyOption,
  readOptions,
  required,
  serviceAddress,
  type Usage,
  UsageError,
  urlOption,
} from "./args.ts";
import { type Command, main } from "./command.ts";
import { firstPublishKey, readVariables } from "./dev-vars.ts";
import { ask } from "./request.ts";

const usage = {
  call: "npm run publish --",
  summary: "Publishes one event. Exit code 0: every target has it; 1: refused, or a target failed.",
  options: {
    user: { type: "string", multiple: true, value: "<id>", help: "User who gets it." },
    channel: { type: "string", multiple: true, value: "<name>", help: "Channel that gets it." },
    event: { type: "string", value: "<name>", help: "Name of the event." },
    data: { type: "string", value: "<json>", help: "Its data, as JSON." },
    id: { type: "string", value: "<id>", help: "Publish id: the same id again is the same event." },
    url: urlOption,
    key: keyOption,
  },
} as const satisfies Usage;

/** `npm run publish`: `POST /publish` from the command line. */
export const publish: Command = async (argv, { directory, env, out, stop }) => {
  const { options } = readOptions(usage, argv);
  const event = required("event", options.event);
  const to = {
    ...(options.user ? { users: options.user } : {}),
    ...(options.channel ? { channels: options.channel } : {}),
  };
  if (Object.keys(to).length === 0) {
    throw new UsageError("Name at least one --user or --channel.");
  }
  const key = options.key ?? firstPublishKey(readVariables(directory, env));
  const body = {
    ...(options.id === undefined ? {} : { id: options.id }),
    event,
    ...(options.data === undefined ? {} : { data: parseData(options.data) }),
    to,
  };
  const answer = await ask(
    serviceAddress(options.url),
    { method: "POST", path: "publish", key: required("key", key), body },
    stop,
  );
  const { results } = expectAnswer(answer, publishAnswer);
  for (const result of results) {
    out(`${result.event}  ${result.id}`);
    for (const line of describeTargets(result.targets)) out(`  ${line}`);
  }
  return results.some(({ targets }) => targets.some(({ status }) => status === "failed")) ? 1 : 0;
};

type Target = z.output<typeof targetAnswer>;

/** One line for each target, in columns. */
function describeTargets(targets: readonly Target[]): string[] {
  const width = Math.max(0, ...targets.map(({ channel }) => channel.length));
  return targets.map((target) => {
    const said = target.status === "failed" ? [target.code, target.message] : successOf(target);
    return `${target.channel.padEnd(width)}  ${target.status.padEnd(9)}  ${said.filter(Boolean).join(", ")}`;
  });
}

function successOf({ offset, connections, duplicate }: Target): string[] {
  return [
    offset === undefined ? "not stored" : `offset ${offset}`,
    connections === 1 ? "1 connection" : `${connections} connections`,
    duplicate ? "published before" : "",
  ];
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new UsageError(`--data is not JSON (text needs quotes of its own: '"hello"'): ${reason}.`);
  }
}

if (import.meta.main) await main(publish);
