/** What `npm start` has to tell when the service is ready. */
export interface Ready {
  readonly address: string;
  readonly user: string;
  readonly role: string;
  readonly token: string;
  readonly key: string;
}

/** The text that a developer sees when the service is ready: where it is, what to copy, how to end it. */
export function banner({ address, user, role, token, key }: Ready): string {
  return [
    "",
    `Carillon is ready: ${address}`,
    "",
    "Open that address and sign in as somebody of the demo, and in a second window as somebody else.",
    `To see every frame open ${address}/inspector, connect as "${user}", and publish from another terminal:`,
    "",
    curlLine(address, key, user),
    "",
    `A token for "${user}" (role "${role}"), valid for a day:`,
    "",
    token,
    "",
    "Ctrl-C ends it. What it stored is there again at the next start; npm start -- --fresh forgets it.",
    "",
  ].join("\n");
}

/** A command to copy, in one line, that publishes an event to the user. */
export function curlLine(address: string, key: string, user: string): string {
  const body = { event: "greeting", data: { text: "Hello" }, to: { users: [user] } };
  return [
    // Nobody has signed the certificate of a developer's machine.
    `curl${address.startsWith("https:") ? " -k" : ""} -X POST ${address}/publish`,
    `-H ${quote(`Authorization: Bearer ${key}`)}`,
    "-H 'Content-Type: application/json'",
    `-d ${quote(JSON.stringify(body))}`,
  ].join(" ");
}

/** Quotes text for a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
