import { isObject, type JsonObject, objectsAt, parseJson, textAt } from "./json.ts";

/** What a request came to: the parsed answer, a refusal in one sentence, or nothing at that address. */
export type Answer =
  | { readonly kind: "ok"; readonly body: JsonObject }
  | { readonly kind: "absent" }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Asks the service that served this page. Problems (`application/problem+json`) become one sentence.
 *
 * @param key a publish key, sent as `Authorization: Bearer`.
 * @example await ask("GET", "/health")
 */
export async function ask(
  method: "GET" | "POST",
  path: string,
  body?: JsonObject,
  key?: string,
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  } catch {
    return { kind: "refused", message: "The service could not be reached." };
  }
  const value = parseJson(await response.text());
  if (response.ok && isObject(value)) return { kind: "ok", body: value };
  const problem = isObject(value) ? value : {};
  // 404 may also be about a channel; only the route's own absence means that this is no development service.
  if (response.status === 404 && (textAt(problem, "code") ?? "not_found") === "not_found") {
    return { kind: "absent" };
  }
  return { kind: "refused", message: refusal(response.status, problem) };
}

function refusal(status: number, problem: JsonObject): string {
  const what = textAt(problem, "detail") ?? textAt(problem, "title") ?? "The service gave no reason.";
  const issues = objectsAt(problem, "issues").map(
    (issue) => `${textAt(issue, "path") ?? ""}: ${textAt(issue, "message") ?? ""}`,
  );
  const code = textAt(problem, "code");
  return [`${status}${code === undefined ? "" : ` ${code}`}: ${what}`, ...issues].join(" ");
}
