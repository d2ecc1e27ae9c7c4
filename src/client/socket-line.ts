import { framesIn, PING, SUBPROTOCOL } from "./frame.ts";
import { type Ending, endingOf, type Line, type LineEvents } from "./line.ts";
import type { Platform, Timer } from "./platform.ts";

/** How long the greeting, and the answer to a heartbeat, may take, in ms. */
const PATIENCE = 10_000;
/** A timer that is later than this, in ms, was not late: the device slept. */
export const SLEEP = 15_000;
/** What a subprotocol may hold; a token with other letters travels in the query. */
const subprotocolGrammar = /^[\w.~+!#$%&'*^`|-]+$/;
const OPEN = 1;

export interface SocketLineOptions {
  /** `wss://…/connect?client=…`. */
  readonly url: string;
  readonly token: string | undefined;
  readonly platform: Platform;
}

/**
 * One WebSocket, from the upgrade to its end, with its heartbeat.
 *
 * @throws {Error} where the platform has no WebSocket, or does not open one to this address.
 */
export function openSocketLine({ url, token, platform }: SocketLineOptions, events: LineEvents): Line {
  if (!platform.WebSocket) throw new Error("There is no connection.");
  const mayNameToken = token !== undefined && subprotocolGrammar.test(token);
  const socket = new platform.WebSocket(
    token === undefined || mayNameToken ? url : `${url}&token=${encodeURIComponent(token)}`,
    mayNameToken ? [SUBPROTOCOL, `bearer.${token}`] : [SUBPROTOCOL],
  );
  let isOver = false;
  /** The next heartbeat. */
  let beat: Timer | undefined;
  /** When nothing has come by then, nobody is there. */
  let deadline: Timer | undefined;
  /** When the next heartbeat is due: once the greeting has come. */
  let due: number | undefined;
  let pingedAt: number | undefined;

  function close(): void {
    if (isOver) return;
    isOver = true;
    platform.clearTimeout(beat);
    platform.clearTimeout(deadline);
    socket.close(1000);
  }

  function end(ending: Ending): void {
    if (isOver) return;
    noteSleep();
    close();
    events.ended(ending);
  }

  function write(text: string): void {
    if (!isOver && socket.readyState === OPEN) socket.send(text);
  }

  function awaitSign(): void {
    deadline ??= platform.setTimeout(() => end({ verdict: "later", reason: "timeout" }), PATIENCE);
  }

  function probe(): void {
    pingedAt ??= platform.now();
    write(PING);
    awaitSign();
  }

  function noteSleep(): void {
    if (due !== undefined && platform.now() > due + SLEEP) events.slept?.();
  }

  function beatIn(heartbeat: number): void {
    platform.clearTimeout(beat);
    due = platform.now() + heartbeat;
    beat = platform.setTimeout(() => {
      noteSleep();
      probe();
      beatIn(heartbeat);
    }, heartbeat);
  }

  socket.addEventListener("message", ({ data }) => {
    for (const frame of framesIn(data)) {
      // The line may have been ended while an earlier frame of this message was handled.
      if (isOver) return;
      // Any frame is a sign of life, but until the greeting nothing is what was awaited.
      if (due !== undefined || frame.type === "welcome") {
        platform.clearTimeout(deadline);
        deadline = undefined;
      }
      if (frame.type === "pong") {
        if (pingedAt !== undefined) events.roundTrip?.(platform.now() - pingedAt);
        pingedAt = undefined;
      } else if (frame.type === "close") {
        // Acted upon at once: the closing handshake can take seconds (rule C5).
        end(endingOf(frame.reason));
      } else {
        if (frame.type === "welcome") beatIn(frame.heartbeat);
        events.frame(frame);
      }
    }
  });
  // What went wrong before a connection closes says no more than that it closed.
  socket.addEventListener("error", () => undefined);
  // No `close` frame came before: the server died, or the network did.
  socket.addEventListener("close", () => end({ verdict: "later", reason: "network" }));
  awaitSign();
  return { over: "websocket", send: (frame) => write(JSON.stringify(frame)), probe, close };
}
