import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { z } from "zod";
import { issueDevToken } from "../../src/auth/dev-token.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { app } from "../../src/http/app.ts";
import { errorKinds } from "../../src/protocol/errors.ts";

/** Where the service answers in these tests. */
export const ORIGIN = "https://carillon.test";

/** One of the keys in test/vitest.config.ts. */
export const PUBLISH_KEY = "dev-only-publish-key";

/** Asks the Worker as it is configured for tests. */
export function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}${path}`, { redirect: "manual", ...init });
}

/** The addresses of the client's parts, as `/client.js` imports them. */
export async function clientParts(): Promise<string[]> {
  const client = await (await ask("/client.js")).text();
  return [...client.matchAll(/import\("\.(\/client\/[\w-]+\.js)"\)/g)].map(([, path = ""]) => path);
}

/** Asks the Worker as it would be with other variables. */
export async function askWith(
  vars: Readonly<Record<string, string | undefined>>,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const ctx = createExecutionContext();
  const response = await app.fetch(new Request(`${ORIGIN}${path}`, init), { ...env, ...vars }, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

/** A POST of JSON, or of a text as it stands. */
export function posted(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}

/** The header of a publisher. */
export const publisher = { Authorization: `Bearer ${PUBLISH_KEY}` };

/** A user's token, signed as the test's service trusts it. */
export async function tokenOf(
  userId: string,
  more: { roles?: string[]; tenants?: string[]; ttl?: number } = {},
): Promise<string> {
  const { token } = await issueDevToken({ userId, ...more }, settingsOf(env), Date.now());
  return token;
}

const problemBody = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
});

export type Problem = z.output<typeof problemBody>;

/** The problem that an answer tells, after checking that it agrees with itself and with the table of errors. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  if (response.headers.get("Content-Type") !== "application/problem+json") {
    throw new Error(`It is no problem+json: ${response.status} ${text.slice(0, 500)}`);
  }
  const problem = problemBody.parse(JSON.parse(text));
  const kind = Object.entries(errorKinds).find(([code]) => code === problem.code)?.[1];
  if (!kind) throw new Error(`The table of errors has no ${problem.code}.`);
  const told = [problem.type, problem.title, problem.status, response.status];
  const expected = [`urn:carillon:error:${problem.code}`, kind.title, kind.status, kind.status];
  if (JSON.stringify(told) !== JSON.stringify(expected)) {
    throw new Error(`The problem does not agree with the table: ${text}`);
  }
  if (response.headers.get("Cache-Control") !== "no-store") throw new Error("A problem may be cached.");
  if (/\.ts:\d|\n\s+at /.test(text)) throw new Error(`The problem shows a stack: ${text}`);
  return problem;
}

let names = 0;

/** A name that no other test uses. */
export function fresh(prefix: string): string {
  names += 1;
  return `${prefix}-${names}-${crypto.randomUUID().slice(0, 8)}`;
}
