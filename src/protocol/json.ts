import { CarillonError } from "./errors.ts";

/**
 * Refuses JSON that could harm whoever reads it next: nested deeper than `maxDepth`, or with a `__proto__` key,
 * which careless merging turns into a changed prototype.
 *
 * @throws {CarillonError} `too_deep` or `forbidden_key`, with the path.
 */
export function checkJson(value: unknown, maxDepth: number, path = ""): void {
  if (typeof value !== "object" || value === null) return;
  if (maxDepth === 0) {
    throw new CarillonError("too_deep", `The JSON is nested too deeply at ${shorten(path)}.`);
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      checkJson(item, maxDepth - 1, `${path}.${index}`);
    });
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === "__proto__") {
      throw new CarillonError("forbidden_key", `The key "__proto__" is not allowed, at ${shorten(path)}.`);
    }
    checkJson((value as Record<string, unknown>)[key], maxDepth - 1, `${path}.${key}`);
  }
}

function shorten(path: string): string {
  const shown = path.replace(/^\./, "") || "the top";
  return shown.length <= 80 ? shown : `${shown.slice(0, 79)}…`;
}

const encoder = new TextEncoder();

/** Whether the text takes more than `limit` bytes in UTF-8, counted only where its length does not tell. */
export function exceedsBytes(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  if (text.length * 3 <= limit) return false;
  return encoder.encode(text).byteLength > limit;
}
