import { z } from "zod";
import { type ServerFrame, serverFrame } from "../../src/protocol/frames.ts";

/** What a WebSocket request got: the frames up to its end, or up to the greeting. */
export interface Handshake {
  readonly protocol: string | null;
  readonly frames: readonly ServerFrame[];
  /** How the server closed, or nothing where it greeted. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
}

const PATIENCE = 5000;

/** Reads what comes over an upgrade's socket until the server closes or greets; then lets go of it. */
export async function read(response: Response): Promise<Handshake> {
  const { webSocket } = response;
  if (!webSocket) throw new Error(`No WebSocket: ${response.status} ${await response.text()}`);
  const frames: ServerFrame[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Handshake["closed"]>();
  const timer = setTimeout(
    () => reject(new Error(`Awaited a greeting or a close, got ${JSON.stringify(frames)}`)),
    PATIENCE,
  );
  webSocket.addEventListener("message", ({ data }) => {
    const message: unknown = JSON.parse(z.string().parse(data));
    for (const item of Array.isArray(message) ? message : [message]) frames.push(serverFrame.parse(item));
    if (frames.some(({ type }) => type === "welcome")) resolve(undefined);
  });
  webSocket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
  webSocket.accept();
  const closed = await promise;
  clearTimeout(timer);
  if (!closed) webSocket.close(1000, "done");
  return { protocol: response.headers.get("Sec-WebSocket-Protocol"), frames, closed };
}
