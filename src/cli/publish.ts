import { createPublisher, type EventResult, PublishError, type TargetResult } from "../publisher/index.ts";
import {
  keyOption,
  readOptions,
  required,
  serviceAddress,
  type Usage,
  UsageError,
  urlOption,
} from "./args.ts";
import { type Command, Failure, main } from "./command.ts";
import { firstPublishKey, readVariables } from "./dev-vars.ts";
import { exchange } from "./exchange.ts";
import { eventFrom } from "./published-event.ts";

/** Tries in all: someone waits for the answer. */
const ATTEMPTS = 3;

const usage = {
  call: "npm run publish --",
  summary:
    "Publishes one event: to those who are named or, without any, to whom the routing table says. Exit code 0: every target has it; 1: refused, or a target failed.",
  options: {
    user: { type: "string", multiple: true, value: "<id>", help: "User who gets it." },
    role: { type: "string", multiple: true, value: "<name>", help: "Role whose users get it." },
    tenant: { type: "string", multiple: true, value: "<id>", help: "Organisation whose users get it." },
    channel: { type: "string", multiple: true, value: "<name>", help: "Channel that gets it." },
    everyone: { type: "boolean", help: "Every user gets it." },
    event: { type: "string", value: "<name>", help: "Name of the event." },
    data: { type: "string", value: "<json>", help: "Its data, as JSON." },
    title: { type: "string", value: "<text>", help: "Title of a notification that it leaves in the inbox." },
    message: { type: "string", value: "<text>", help: "Text of that notification." },
    type: { type: "string", value: "<name>", help: "Type of that notification; info unless it is said." },
    "action-url": { type: "string", value: "<address>", help: "Where that notification leads." },
    id: { type: "string", value: "<id>", help: "Publish id: the same id again is the same event." },
    url: urlOption,
    key: keyOption,
  },
} as const satisfies Usage;

/** `npm run publish`: `POST /publish` from the command line. */
export const publish: Command = async (argv, { directory, env, out, stop }) => {
  const { options } = readOptions(usage, argv);
  const event = eventFrom(options);
  const publisher = publisherFor(
    serviceAddress(options.url),
    required("key", options.key ?? firstPublishKey(readVariables(directory, env))),
  );
  try {
    const result = await publisher.publish(event, { signal: stop });
    out(`${result.event}  ${result.id}`);
    for (const line of describeTargets(result)) out(`  ${line}`);
    return result.targets.some(({ status }) => status === "failed") ? 1 : 0;
  } catch (error) {
    throw error instanceof PublishError ? new Failure(describeFailure(error)) : error;
  }
};

/** A publisher of events whose data nothing is known of but what the service says of it. */
function publisherFor(url: URL, key: string) {
  try {
    return createPublisher<Readonly<Record<string, unknown>>>({
      url,
      key,
      attempts: ATTEMPTS,
      fetch: async (address, init) => {
        const { text, ...received } = await exchange(new URL(address), init);
        return { ...received, text: async () => text };
      },
    });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

/** One line for each target, in columns. */
function describeTargets({ event, targets }: EventResult): string[] {
  if (targets.length === 0) return ["nobody: the routing table makes nothing of this event"];
  const width = Math.max(...targets.map(({ channel }) => channel.length));
  return targets.map((target) => {
    const said = target.status === "failed" ? [target.code, target.message] : successOf(target);
    const name = target.event === undefined || target.event === event ? "" : `as ${target.event}`;
    const words = [...said, name].filter((word) => word !== "").join(", ");
    return `${target.channel.padEnd(width)}  ${target.status.padEnd(9)}  ${words}`;
  });
}

function successOf({ offset, connections, duplicate, status }: Exclude<TargetResult, { status: "failed" }>) {
  if (status === "queued") return ["the service delivers it as soon as it can"];
  return [
    offset === undefined ? "not stored" : `offset ${offset}`,
    connections === 1 ? "1 connection" : `${connections} connections`,
    duplicate ? "published before" : "",
  ];
}

function describeFailure({ message, issues, retryable, ids }: PublishError): string {
  return [
    message,
    ...issues.map(({ path, message }) => `  ${path || "the body"}: ${message}`),
    ...(retryable ? [`It may succeed later; with --id ${ids[0]} it is still the same event.`] : []),
  ].join("\n");
}

if (import.meta.main) await main(publish);
