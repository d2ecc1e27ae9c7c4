import { WebSocket } from "ws";
import type { Platform, SocketClass } from "../../src/client/index.ts";

/** Where the client believes the service to be; where it is now, the wire knows. */
export const ADDRESS = "http://carillon.invalid";

/** What lies between a client and the service, wherever that is after its last start: lines that can be cut. */
export class Wire {
  readonly platform: Pick<Platform, "WebSocket" | "fetch">;
  readonly #lines = new Set<Line>();

  /** @param address where the service is now, as `http://host:port`. */
  constructor(address: () => string) {
    const there = (url: string) => url.replace(/^\w+:\/\/[^/]+/, address());
    const lines = this.#lines;
    const open: SocketClass = class extends Line {
      constructor(url: string, protocols: string[]) {
        super(there(url).replace(/^http/, "ws"), protocols);
        lines.add(this);
        this.on("close", () => {
          if (this.readyState === WebSocket.CLOSED) lines.delete(this);
        });
      }
    };
    this.platform = { WebSocket: open, fetch: (url, init) => fetch(there(url), init) };
  }

  /** Whether there is a line to a room's own sockets. */
  leadsTo(room: string): boolean {
    const path = `/rooms/${encodeURIComponent(room)}/`;
    return [...this.#lines].some(({ url, isForsaken }) => !isForsaken && url.includes(path));
  }

  /** Cuts all lines without a word, as when the network is gone. */
  cut(): void {
    for (const line of this.#lines) line.terminate();
  }

  /** The client believes that its lines are cut, and the service that they are not: it moved to another network. */
  forsake(): void {
    for (const line of this.#lines) line.forsake();
  }
}

class Line extends WebSocket {
  isForsaken = false;

  constructor(url: string, protocols: string[]) {
    super(url, protocols, { perMessageDeflate: false });
    // What went wrong before a connection closes says no more than that it closed.
    this.on("error", () => undefined);
  }

  override close(code?: number, reason?: string): void {
    if (!this.isForsaken) super.close(code, reason);
  }

  forsake(): void {
    if (this.isForsaken || this.readyState !== WebSocket.OPEN) return;
    this.isForsaken = true;
    this.emit("close", 1006, Buffer.alloc(0));
  }
}
