import type { JsonObject } from "./json.ts";

/**
 * The command that publishes an event from a shell. The key is a variable, so the line can be shown, copied and
 * shared.
 *
 * @example curlLine("https://carillon.example", { event: "greeting", to: { users: ["42"] } })
 */
export function curlLine(origin: string, publication: JsonObject): string {
  return [
    `curl ${quote(`${origin}/publish`)}`,
    `  -H "Authorization: Bearer $PUBLISH_KEY"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${quote(JSON.stringify(publication))}`,
  ].join(" \\\n");
}

/** Quotes for a POSIX shell, whatever the text has in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
