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
  { method = "GET", body, token }: Asking = {},
): Promise<string> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(path, init).catch(() => {
    throw new Refused("unavailable", "The service cannot be reached.");
  });
  const text = await response.text();
  if (response.ok) return text;
  throw refusalOf(text, response.status);
}

function refusalOf(text: string, status: number): Refused {
  try {
    const { code, detail } = problem.parse(JSON.parse(text));
    return new Refused(code, detail);
  } catch {
    return new Refused("unavailable", `The service answered ${status}.`);
  }
}
