import { createServer, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { portOf } from "../cli/fake-service.ts";

export const KEY = "key-of-the-publisher";

/** One request that the fake service got. */
export interface Asked {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** How it answers: like this, or not at all. */
export type Told =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | "break off"
  | "break off in the middle"
  | "keep silent";

/** A service that answers each request as the test says. It ends with the test. */
export async function fakeService(tell: (asked: Asked, count: number) => Told) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    request.on("end", () => {
      const one = { method: request.method, path: request.url, headers: request.headers, text };
      asked.push(one);
      const told = tell(one, asked.length);
      if (told === "keep silent") return;
      if (told === "break off") return void request.socket.destroy();
      if (told === "break off in the middle") {
        response.writeHead(200, { "Content-Length": "1000" }).write("{", () => request.socket.destroy());
        return;
      }
      response.writeHead(told.status, told.headers).end(told.body);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${portOf(server.address())}`, asked };
}

const posted = z.object({ id: z.string(), event: z.string() });

function eventsIn(text: string) {
  const body: unknown = JSON.parse(text);
  return Array.isArray(body) ? z.array(posted).parse(body) : [posted.parse(body)];
}

/** The ids of the events in a request, in their order. */
export function idsIn({ text }: Pick<Asked, "text">): string[] {
  return eventsIn(text).map(({ id }) => id);
}

/** What Carillon answers when it has stored everything for user 42. */
export function stored({ text }: Asked): Told {
  const results = eventsIn(text).map(({ id, event }) => ({
    id,
    event,
    targets: [{ channel: "user:42", status: "stored", offset: 1, connections: 0, duplicate: false }],
  }));
  return { status: 200, body: JSON.stringify({ results }) };
}

/** What Carillon answers when it refuses. */
export function problem(
  status: number,
  code: string,
  more: { headers?: Record<string, string>; detail?: string; issues?: unknown } = {},
): Told {
  const { headers, ...rest } = more;
  const body = JSON.stringify({ type: `urn:carillon:error:${code}`, title: "T.", status, code, ...rest });
  return { status, body, ...(headers && { headers }) };
}
