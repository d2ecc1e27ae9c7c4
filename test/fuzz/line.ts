import type { IncomingMessage } from "node:http";
import { type ClientOptions, WebSocket } from "ws";
import { type ServerFrame, SUBPROTOCOL, serverFrame } from "../../src/protocol/frames.ts";
import type { Answer } from "../support/backend.ts";
import type { End } from "../support/socket.ts";
import type { Message } from "./cases/messages.ts";
import { answerOf } from "./client.ts";

/** How long anything is awaited, in ms. */
export const PATIENCE = 10_000;

export interface LineOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** The line of `Sec-WebSocket-Protocol` to the letter; `carillon.v1` unless said otherwise, none for an empty one. */
  readonly protocols?: string;
  /** Whether to offer compression, as browsers do; it takes longer than all the rest. */
  readonly compressed?: boolean;
}

/** What became of a WebSocket request: a connection, or an answer over HTTP. */
export type Opening =
  | { readonly kind: "open"; readonly line: Line }
  | { readonly kind: "answered"; readonly answer: Answer };

/**
 * A connection that is opened and closed by the thousand. Unlike the tests' `Socket` it lets go of the network at once
 * when both sides have said goodbye, sends any header, and keeps no more than it is asked for.
 */
export class Line {
  /** The frames since `forget`, those of a bundle one by one. */
  readonly frames: ServerFrame[] = [];
  readonly #ws: WebSocket;
  readonly #opening = Promise.withResolvers<Opening>();
  #wake: (() => void) | undefined;
  #fault: Error | undefined;
  #end: End | undefined;

  private constructor(url: string, { headers, protocols = SUBPROTOCOL, compressed = false }: LineOptions) {
    // The client library expects the one that we may get; what goes out is the line as it was given.
    const offered = protocols.split(",").some((word) => word.trim() === SUBPROTOCOL) ? [SUBPROTOCOL] : [];
    const options: ClientOptions & { closeTimeout: number } = {
      headers,
      perMessageDeflate: compressed,
      closeTimeout: 1,
      finishRequest: (request) => {
        if (protocols !== "") request.setHeader("Sec-WebSocket-Protocol", protocols);
        request.end();
      },
    };
    this.#ws = new WebSocket(url, offered, options);
    this.#ws.on("open", () => this.#opening.resolve({ kind: "open", line: this }));
    this.#ws.on("unexpected-response", (_, response: IncomingMessage) => {
      answerOf(response).then(
        (answer) => this.#opening.resolve({ kind: "answered", answer }),
        this.#opening.reject,
      );
    });
    this.#ws.on("message", (data) => this.#receive(String(data)));
    this.#ws.on("error", (error) => this.#fail(error));
    this.#ws.on("close", (code, reason) => {
      this.#end = { code, reason: reason.toString() };
      this.#wake?.();
    });
  }

  /** @throws {Error} when the service neither accepts the connection nor answers. */
  static async open(url: string, options: LineOptions): Promise<Opening> {
    const line = new Line(url, options);
    const timer = setTimeout(
      () => line.#fail(new Error(`Awaited the connection for ${PATIENCE} ms.`)),
      PATIENCE,
    );
    try {
      return await line.#opening.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Opens a connection that must be let in, and waits for its greeting. */
  static async greeted(url: string, options: LineOptions): Promise<Line> {
    const opening = await Line.open(url, options);
    if (opening.kind === "answered") throw new Error(`A connection was answered ${opening.answer.text}`);
    const { line } = opening;
    await line.until(() => line.frames.length > 0, "the greeting");
    if (line.frames[0]?.type !== "welcome") throw new Error(`There was no greeting. ${line.seen()}`);
    line.forget();
    return line;
  }

  /** How it ended, by the closing handshake. */
  get end(): End | undefined {
    return this.#end;
  }

  send({ data, isBinary }: Message): void {
    this.#ws.send(data, { binary: isBinary });
  }

  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void {
    this.#ws.close(code, reason);
  }

  /** Goes without a handshake. */
  drop(): void {
    this.#ws.terminate();
  }

  forget(): void {
    this.frames.length = 0;
  }

  /** Waits until something holds. The end of the connection counts only where `holds` asks for it. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (this.#fault) reject(this.#fault);
      else if (holds()) resolve();
      else if (this.#end) reject(new Error(`Awaited ${what}, but the connection ended. ${this.seen()}`));
    };
    const timer = setTimeout(
      () => reject(new Error(`Awaited ${what} for ${PATIENCE / 1000} s. ${this.seen()}`)),
      PATIENCE,
    );
    this.#wake = look;
    try {
      look();
      await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = undefined;
    }
  }

  /** What came, for the message of a failure. */
  seen(): string {
    const frames = this.frames
      .map((frame) => JSON.stringify(frame))
      .join(" ")
      .slice(0, 2000);
    return `Received: ${frames || "nothing"}. Ended: ${JSON.stringify(this.#end)}`;
  }

  #receive(text: string): void {
    try {
      const message: unknown = JSON.parse(text);
      for (const item of Array.isArray(message) ? message : [message])
        this.frames.push(serverFrame.parse(item));
    } catch (cause) {
      this.#fail(new Error(`The service sent what is no frame: ${text.slice(0, 500)}`, { cause }));
    }
    this.#wake?.();
  }

  #fail(error: Error): void {
    this.#fault ??= error;
    this.#opening.reject(error);
    this.#wake?.();
  }
}
