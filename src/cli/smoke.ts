import { randomUUID } from "node:crypto";
import { closeReasons } from "../protocol/close-codes.ts";
import { PING, type ServerFrameOf } from "../protocol/frames.ts";
import { formatPosition, type Position } from "../protocol/position.ts";
import { expectAnswer, healthAnswer, problemAnswer, publishAnswer } from "./answers.ts";
import {
  keyOption,
  readOptions,
  required,
  serviceAddress,
  type Usage,
  urlOption,
  wholeNumber,
} from "./args.ts";
import { type Command, Failure, main } from "./command.ts";
import { Connection } from "./connection.ts";
import { getCredential } from "./credential.ts";
import { firstPublishKey, readVariables } from "./dev-vars.ts";
import { Patience } from "./patience.ts";
import { ask } from "./request.ts";
import { tryInbox } from "./smoke-inbox.ts";
import { StepFailed, Steps } from "./steps.ts";

const usage = {
  call: "npm run smoke --",
  summary:
    "Tries a service from end to end: token, connect, inbox, publish, receive, resume. Exit code 0: all of it works.",
  options: {
    url: urlOption,
    key: keyOption,
    token: { type: "string", value: "<jwt>", help: "Token of the user to connect as." },
    secret: {
      type: "string",
      value: "<secret>",
      help: "Signs the token. Without either, JWT_SECRET from the environment, POST /dev/token or .dev.vars.",
    },
    timeout: { type: "string", value: "<seconds>", default: "60", help: "How long it may take in all." },
  },
} as const satisfies Usage;

/** `npm run smoke`: the main job of the service, once, against any address. */
export const smoke: Command = async (argv, { directory, env, out, stop }) => {
  const { options } = readOptions(usage, argv);
  const service = serviceAddress(options.url);
  const key = required("key", options.key ?? firstPublishKey(readVariables(directory, env)));
  const seconds = wholeNumber("--timeout", options.timeout, 1, 3600);
  using patience = new Patience(seconds * 1000, stop, `the whole took longer than ${seconds} s`);
  const { signal } = patience;
  const steps = new Steps(out);
  for (const secret of [key, options.secret, env.JWT_SECRET, options.token]) if (secret) steps.hide(secret);

  // Everything of this run carries its name, so that a user with other events may be tried too.
  const run = `smoke-${randomUUID()}`;
  const connections: Connection[] = [];
  const connect = (token: string, since?: Position) => {
    const connection = new Connection(service, token, { signal, ...(since ? { since } : {}) });
    connections.push(connection);
    return connection;
  };
  const publish = (to: Target, text: string) => publishOne(service, key, to, `${run}-${text}`, text, signal);

  try {
    await steps.run("health", async (note) => {
      const health = await ask(service, { method: "GET", path: "health" }, signal);
      const { name, version, environment } = expectAnswer(health, healthAnswer);
      note(`${name} ${version}, ${environment}`);
    });

    const token = await steps.run("token", async (note) => {
      const given = { token: options.token, secret: options.secret };
      const credential = await getCredential(given, run, service, { directory, env, stop: signal });
      steps.hide(credential.token);
      note(credential.origin);
      return credential.token;
    });

    const first = connect(token);
    const welcome = await steps.run("connect", async (note) => {
      const welcome = await first.next("welcome", "the welcome");
      note(`as ${welcome.user}, at ${formatPosition(welcome.position)}`);
      return welcome;
    });
    const toUser = { users: [welcome.user] };

    await tryInbox({ steps, service, key, token, connection: first, user: welcome.user, run, signal });

    await steps.run("publish to the user", async (note) => note(await publish(toUser, "first")));

    const since = await steps.run("receive it", async (note) => {
      const event = await first.next("event", "the user's event", isNamed(`${run}-first`));
      expectText(event, "first");
      const { epoch, offset: top } = welcome.position;
      if (event.offset === undefined || event.offset <= top) {
        throw new Failure(`its offset is ${event.offset}, which does not follow ${top}`);
      }
      note(`on ${event.channel}, offset ${event.offset}`);
      return { epoch, offset: event.offset };
    });

    await steps.run("ping", async (note) => {
      first.send(PING);
      note((await first.next("pong", "the pong")).type);
    });

    const room = `room:${run}`;
    await steps.run("subscribe to a room", async (note) => {
      first.send(JSON.stringify({ type: "subscribe", ref: 1, channels: [room] }));
      await first.next("subscribed", "the subscription", ({ channel }) => channel === room);
      note(room);
    });

    await steps.run("publish to the room", async (note) => {
      note(await publish({ channels: [room] }, "room"));
    });

    await steps.run("receive it there", async (note) => {
      const event = await first.next("event", "the room's event", isNamed(`${run}-room`));
      expectText(event, "room");
      if (event.channel !== room) throw new Failure(`it came on ${event.channel}`);
      note(`offset ${event.offset}`);
    });

    await steps.run("close", () => first.close());

    await steps.run("publish two while away", async (note) => {
      await publish(toUser, "second");
      note(await publish(toUser, "third"));
    });

    await steps.run("resume", async (note) => {
      const second = connect(token, since);
      const { recovered } = await second.next("welcome", "the welcome after resuming");
      if (!recovered) throw new Failure(`recovered is false, though ${formatPosition(since)} was just there`);
      await second.next("live", "the end of the replay");
      const ids = second.taken("event").map(({ id }) => id);
      const missed = ids.filter((id) => id.startsWith(run)).map((id) => id.slice(run.length + 1));
      if (missed.join() !== "second,third") {
        throw new Failure(`what came was ${missed.join(", ") || "nothing"} instead of second, third`);
      }
      note(`recovered ${missed.join(", ")}`);
    });

    await steps.run("a bad token is refused", async (note) => {
      const refused = connect("not-a-token");
      const { code, reason } = await Promise.race([
        refused.next("close", "the close frame"),
        refused.next("welcome", "the welcome").then(() => {
          throw new Failure("it was welcomed");
        }),
      ]);
      if (code !== closeReasons.unauthorized.code || reason !== "unauthorized") {
        throw new Failure(`the close frame says ${code} ${reason} instead of 1008 unauthorized`);
      }
      note(`${code} ${reason}`);
    });

    await steps.run("a publish without key, too", async (note) => {
      const body = { event: "smoke", to: toUser };
      const { status, body: said } = await ask(service, { method: "POST", path: "publish", body }, signal);
      const code = problemAnswer.safeParse(said).data?.code;
      if (status !== 401 || code !== "unauthorized") {
        throw new Failure(`the answer is ${status} ${code ?? ""} instead of 401 unauthorized`);
      }
      note(`${status} ${code}`);
    });

    steps.done();
    return 0;
  } catch (error) {
    if (error instanceof StepFailed) return 1;
    throw error;
  } finally {
    for (const connection of connections) connection.drop();
  }
};

type Target = { readonly users: readonly string[] } | { readonly channels: readonly string[] };

/** Publishes one event and says what became of it. */
async function publishOne(
  service: URL,
  key: string,
  to: Target,
  id: string,
  text: string,
  signal: AbortSignal,
): Promise<string> {
  const body = { id, event: "smoke", data: { text }, to };
  const answer = await ask(service, { method: "POST", path: "publish", key, body }, signal);
  const target = expectAnswer(answer, publishAnswer).results[0]?.targets[0];
  if (!target) throw new Failure("the answer names no target");
  if (target.status === "failed") {
    throw new Failure(`${target.channel} failed with ${target.code}: ${target.message ?? ""}`);
  }
  return `${target.status}, offset ${target.offset}, connections ${target.connections}`;
}

function isNamed(id: string): (event: ServerFrameOf<"event">) => boolean {
  return (event) => event.id === id;
}

function expectText({ data }: ServerFrameOf<"event">, text: string): void {
  if (JSON.stringify(data) !== JSON.stringify({ text }))
    throw new Failure("its data is not what was published");
}

if (import.meta.main) await main(smoke);
