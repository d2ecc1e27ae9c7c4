import * as z from "zod/mini";

/** What the service refused, with its code. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "Refused";
    this.code = code;
  }
}

export interface Asking {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: unknown;
  readonly token?: string;
  /** Calls it off. */
  readonly signal?: AbortSignal;
}

const problem = z.object({ code: z.string(), detail: z.string() });

/**
 * Asks the service that serves this page.
 *
 * @throws {Refused} with the service's code, or `unavailable` where none answers.
 */
export async function askService<Answer>(
  schema: { parse(value: unknown): Answer },
  path: string,
  asking: Asking = {},
): Promise<Answer> {
  const text = await askForText(path, asking);
  return schema.parse(JSON.parse(text));
}

/** As `askService`, for what is no JSON. */
export async function askForText(
  path: string,
  { method = "GET", body, token, signal }: Asking = {},
): Promise<string> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const init = {
    ...{ method, headers, signal: signal ?? null },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const { isWell, status, text } = await answerOf(path, init).catch(() => {
    throw new Refused("unavailable", "The service cannot be reached.");
  });
  if (isWell) return text;
  throw refusalOf(text, status);
}

/** The whole of an answer: a connection can also be lost in the middle of it. */
async function answerOf(path: string, init: RequestInit) {
  const response = await fetch(path, init);
  return { isWell: response.ok, status: response.status, text: await response.text() };
}

function refusalOf(text: string, status: number): Refused {
  try {
    const { code, detail } = problem.parse(JSON.parse(text));
    return new Refused(code, detail);
  } catch {
    return new Refused("unavailable", `The service answered ${status}.`);
  }
}
