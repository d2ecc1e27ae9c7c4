import { z } from "zod";
import { Failure } from "./command.ts";
import type { Answer } from "./request.ts";

/** Why a request was refused: `application/problem+json`. */
export const problemAnswer = z.object({
  code: z.string(),
  detail: z.string().default(""),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** What became of an event at one channel. */
export const targetAnswer = z.object({
  channel: z.string(),
  status: z.string(),
  code: z.string().optional(),
  message: z.string().optional(),
  offset: z.number().optional(),
  connections: z.number().default(0),
  duplicate: z.boolean().default(false),
});

/** The answer to `POST /publish`. */
export const publishAnswer = z.object({
  results: z.array(z.object({ id: z.string(), event: z.string(), targets: z.array(targetAnswer) })),
});

const counts = z.object({ total: z.number(), unread: z.number(), unseen: z.number() });

/** The answer to `GET /inbox`. */
export const inboxAnswer = z.object({
  notifications: z.array(z.object({ id: z.string(), title: z.string(), readAt: z.number().nullable() })),
  counts,
});

/** The answer to `POST /inbox/mark`. */
export const markAnswer = z.object({ counts });

/** The answer to `GET /health`, well or not. */
export const healthAnswer = z.object({
  ok: z.boolean(),
  name: z.string().default("carillon"),
  version: z.string().default("?"),
  environment: z.string().default("?"),
  enabled: z.boolean().default(true),
  objects: z.string().optional(),
  settings: z.array(z.string()).default([]),
  bindings: z.array(z.string()).default([]),
  problems: z.array(z.object({ name: z.string(), message: z.string() })).default([]),
});

/** The answer to `POST /dev/token`. */
export const tokenAnswer = z.object({ token: z.string(), userId: z.string() });

/**
 * Reads what a successful request brought.
 *
 * @throws {Failure} telling code, detail and issues when it was refused, or what does not fit when it is not the
 *   answer of this service.
 */
export function expectAnswer<Schema extends z.ZodType>(answer: Answer, schema: Schema): z.output<Schema> {
  if (answer.status !== 200) throw new Failure(refusal(answer));
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure(`This is not Carillon's answer: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Says why a request was refused, one line for the whole and one for each issue. */
export function refusal({ status, body }: Answer): string {
  const parsed = problemAnswer.safeParse(body);
  if (!parsed.success) return `The service answered with status ${status}.`;
  const { code, detail, issues } = parsed.data;
  return [
    `The service refused with ${status} ${code}: ${detail}`,
    ...issues.map(({ path, message }) => `  ${path || "the body"}: ${message}`),
  ].join("\n");
}
