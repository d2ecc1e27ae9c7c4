import { Agent, request } from "node:http";
import { publishAnswer } from "../../src/cli/answers.ts";
import type { Address, PublisherCommand } from "./publisher-messages.ts";

/** An event that is to be published to the target at its place. */
export interface Outgoing {
  readonly place: number;
  readonly data: { readonly sent: number; readonly pad: string };
}

/** Publishes events in one request, and answers for each why it was not taken, or nothing where it was. */
export type Poster = (events: readonly Outgoing[]) => Promise<(string | undefined)[]>;

const EVENT = "bench";
const notification = {
  type: "bench",
  title: "A title of the usual length",
  message: "And what it is about.",
};
const agent = new Agent({ keepAlive: true });

/** The poster for the server that a command names. */
export function posterFor(command: PublisherCommand): Poster {
  return command.dialect === "nchan" ? nchanPoster(command) : publishPoster(command);
}

/** `POST /publish`, which all servers have but nchan. */
function publishPoster({ port, key, targets, isNotified }: PublisherCommand): Poster {
  return async (events) => {
    const body = events.map(({ place, data }) => {
      return { event: EVENT, data, to: targets[place], ...(isNotified && { notification }) };
    });
    const { status, text } = await post(port, key, "/publish", JSON.stringify(body));
    if (status !== 200) throw new Error(`${status} ${text.slice(0, 300)}`);
    const { results } = publishAnswer.parse(JSON.parse(text));
    return events.map((_, index) => {
      const [target] = results[index]?.targets ?? [];
      return target && target.status !== "failed" ? undefined : JSON.stringify(target);
    });
  };
}

/** Offsets of nchan's channels, which have none: here all publishers of a run are one process. */
const tops = new Map<string, number>();

/** nchan sends what it is given, so it is given what the others send. One request brings one event. */
function nchanPoster({ port, key, targets }: PublisherCommand): Poster {
  return async (events) => {
    return Promise.all(
      events.map(async ({ place, data }) => {
        const channel = channelOf(targets[place]);
        const offset = (tops.get(channel) ?? 0) + 1;
        tops.set(channel, offset);
        const id = crypto.randomUUID();
        const frame = { type: "event", channel, event: EVENT, data, id, at: Date.now(), offset };
        const { status } = await post(port, key, `/publish?channel=${channel}`, JSON.stringify(frame));
        return status >= 200 && status < 300 ? undefined : `${status}`;
      }),
    );
  };
}

function channelOf(to: Address | undefined): string {
  const [channel] =
    to && "channels" in to ? to.channels : to && "users" in to ? to.users.map((user) => `user:${user}`) : [];
  if (channel === undefined) throw new Error("nchan has channels only.");
  return channel;
}

function post(
  port: number,
  key: string,
  path: string,
  body: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${key}`,
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(body),
    };
    const asked = request({ agent, host: "127.0.0.1", port, path, method: "POST", headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
