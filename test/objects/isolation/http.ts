import { exports } from "cloudflare:workers";
import { z } from "zod";
import { serverFrame } from "../../../src/protocol/frames.ts";
import { ORIGIN } from "../listener.ts";

const PUBLISHER = "dev-only-publish-key";

const page = z.object({
  events: z.array(serverFrame),
  position: z.object({ epoch: z.string(), offset: z.number() }),
  recovered: z.boolean(),
  more: z.boolean(),
});

export type Page = z.output<typeof page>;

/** Asks the service for a page of a log, as whoever holds a token. @returns the page, or the status that refuses it. */
export async function readPage(
  path: string,
  token: string,
  query: Readonly<Record<string, string | undefined>>,
): Promise<Page | number> {
  const url = new URL(path, ORIGIN);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const response = await exports.default.fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  const text = await response.text();
  return response.status === 200 ? page.parse(JSON.parse(text)) : response.status;
}

const inbox = z.object({ notifications: z.array(z.object({ data: z.object({ is: z.string() }) })) });

/** Asks for the inbox of whoever holds a token. @returns of which events it tells, or the status that refuses it. */
export async function readInbox(
  token: string,
  query: Readonly<Record<string, string>>,
): Promise<string[] | number> {
  const url = new URL(`/inbox?${new URLSearchParams(query)}`, ORIGIN);
  const response = await exports.default.fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (response.status !== 200) return response.status;
  return inbox.parse(JSON.parse(text)).notifications.map(({ data }) => data.is);
}

/** Asks the service for something as the backend. @throws where it is refused. */
export async function operate(method: "POST" | "PUT", path: string, body: object): Promise<void> {
  const response = await exports.default.fetch(`${ORIGIN}${path}`, {
    method,
    headers: { Authorization: `Bearer ${PUBLISHER}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`);
}

/** Opens a socket as whoever holds a token. */
export async function openSocket(
  path: string,
  token: string,
  query: Readonly<Record<string, string | undefined>>,
): Promise<WebSocket> {
  const url = new URL(path, ORIGIN);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const response = await exports.default.fetch(url, {
    headers: { Upgrade: "websocket", Authorization: `Bearer ${token}` },
  });
  if (!response.webSocket) throw new Error(`No WebSocket: ${response.status} ${await response.text()}`);
  return response.webSocket;
}
