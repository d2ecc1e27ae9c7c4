import { z } from "zod";
import { errorKinds } from "../../src/protocol/errors.ts";
import type { Service } from "./service.ts";

const published = z.strictObject({
  results: z.array(
    z.strictObject({
      id: z.string(),
      event: z.string(),
      targets: z.array(
        z.strictObject({
          // Of the delivery, where the event was routed.
          id: z.string().optional(),
          event: z.string().optional(),
          channel: z.string(),
          status: z.enum(["delivered", "stored", "queued", "failed"]),
          code: z.string().optional(),
          message: z.string().optional(),
          offset: z.number().optional(),
          connections: z.number(),
          duplicate: z.boolean(),
        }),
      ),
    }),
  ),
});

export type TargetAnswer = z.output<typeof published>["results"][number]["targets"][number];

const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

export type Problem = z.output<typeof problem>;

/** One answer over HTTP: its status, its headers and its body as text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A backend that speaks to a service over HTTP and remembers every answer. */
export class Backend {
  /** What the service answered: headers and bodies, to the letter. */
  readonly answers: string[] = [];
  readonly #service: Service;

  constructor(service: Service) {
    this.#service = service;
  }

  /** Asks anything of the service. Redirects are answers too. */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.#service.url}${path}`, { redirect: "manual", ...init });
    const text = await response.text();
    this.answers.push(JSON.stringify([...response.headers]), text);
    return { status: response.status, headers: response.headers, text };
  }

  /** Posts a body to /publish under the service's key, or with other headers. */
  post(
    body: RequestInit["body"],
    headers: Readonly<Record<string, string>> = { Authorization: `Bearer ${this.#service.publishKey}` },
  ): Promise<Answer> {
    return this.ask("/publish", { method: "POST", headers: { ...headers }, body: body ?? null });
  }

  /** Publishes one event or several, and gives the outcomes at all targets. */
  async publish(events: object): Promise<TargetAnswer[]> {
    const answer = await this.post(JSON.stringify(events));
    if (answer.status !== 200) throw new Error(`A publish was answered ${answer.status}: ${answer.text}`);
    return published.parse(JSON.parse(answer.text)).results.flatMap(({ targets }) => targets);
  }
}

/** The problem that an answer tells, after checking it against the table of errors. */
export function problemIn({ status, headers, text }: Answer): Problem {
  if (headers.get("Content-Type") !== "application/problem+json") {
    throw new Error(`It is no problem+json: ${status} ${text.slice(0, 500)}`);
  }
  const told = problem.parse(JSON.parse(text));
  const kind = Object.entries(errorKinds).find(([code]) => code === told.code)?.[1];
  if (kind?.status !== status || told.status !== status || told.title !== kind.title) {
    throw new Error(`The problem does not agree with the table of errors: ${status} ${text}`);
  }
  return told;
}
