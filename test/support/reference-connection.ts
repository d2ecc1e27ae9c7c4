import { WebSocket } from "ws";
import { type CloseReason, closeReasons } from "../../src/protocol/close-codes.ts";
import { PING, type ServerFrame, SUBPROTOCOL, serverFrame } from "../../src/protocol/frames.ts";

/** How long the server may take to greet, in ms. */
const GREETING_TIMEOUT = 10_000;

/** What the client does when a connection has ended: the last column of the table of close codes. */
export type Verdict = (typeof closeReasons)[CloseReason]["reconnect"];

export interface ReferenceConnectionOptions {
  readonly url: string;
  readonly token: string;
  /** Each frame in its order, those of a bundle one by one. Not called any more once the connection has ended. */
  readonly frame: (frame: ServerFrame) => void;
  /** Called once, unless the client itself let go. */
  readonly ended: (verdict: Verdict, reason: string) => void;
  /** The server sent what is no frame. */
  readonly fault: (message: string) => void;
}

/** One WebSocket of a client, from the upgrade to its end, with its heartbeat. */
export class ReferenceConnection {
  readonly #ws: WebSocket;
  readonly #options: ReferenceConnectionOptions;
  #timer: NodeJS.Timeout;
  #isOver = false;
  #hasAnswered = true;

  constructor(options: ReferenceConnectionOptions) {
    this.#options = options;
    const headers = { Authorization: `Bearer ${options.token}` };
    this.#ws = new WebSocket(options.url, [SUBPROTOCOL], { headers, perMessageDeflate: false });
    this.#ws.on("message", (data) => this.#receive(String(data)));
    // What went wrong before a connection closes says no more than that it closed.
    this.#ws.on("error", () => undefined);
    // No `close` frame came before: the server died, or the network did.
    this.#ws.on("close", (code) => this.#end("later", `closed with ${code}`));
    this.#timer = setTimeout(() => this.#end("later", "not greeted in time"), GREETING_TIMEOUT);
  }

  /** Frames go as one message: one as it is, several as an array. */
  send(...frames: object[]): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#ws.send(JSON.stringify(frames.length === 1 ? frames[0] : frames));
  }

  /** Begins to ping. A heartbeat that is not answered until the next is due means that nobody is there. */
  keepAlive(heartbeat: number): void {
    clearTimeout(this.#timer);
    this.#timer = setInterval(() => {
      if (!this.#hasAnswered) return this.#end("later", "heartbeat not answered");
      this.#hasAnswered = false;
      this.#ws.send(PING);
    }, heartbeat);
  }

  /** Says goodbye. */
  close(): void {
    this.#letGo();
    this.#ws.close(1000);
  }

  /** Goes without a word, as a device does that loses its network. */
  drop(): void {
    this.#letGo();
    this.#ws.terminate();
  }

  /** Listens no more, but leaves the line as it is: a device that moved to another network. */
  abandon(): void {
    this.#letGo();
  }

  #receive(text: string): void {
    try {
      const message: unknown = JSON.parse(text);
      for (const item of Array.isArray(message) ? message : [message]) {
        if (this.#isOver) return;
        this.#take(serverFrame.parse(item));
      }
    } catch (error) {
      this.#options.fault(`${error instanceof Error ? error.message : error} in ${text.slice(0, 300)}`);
    }
  }

  #take(frame: ServerFrame): void {
    this.#hasAnswered = true;
    // Acted upon at once: the closing handshake can take seconds (rule C5).
    if (frame.type === "close") this.#end(closeReasons[frame.reason].reconnect, frame.reason);
    else this.#options.frame(frame);
  }

  #end(verdict: Verdict, reason: string): void {
    if (this.#isOver) return;
    this.drop();
    this.#options.ended(verdict, reason);
  }

  #letGo(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
