import { z } from "zod";
import type { KeyValueStorage } from "../../src/client/index.ts";
import { type Position, start } from "../../src/protocol/position.ts";

export interface JourneyOptions {
  /** The device. */
  readonly client: string;
  /** The user's log. */
  readonly log: string;
  /** Whether it asks for all that there ever was. */
  readonly isFromBeginning: boolean;
  /** The client has a position in a log for the first time. */
  readonly began: (log: string, offset: number) => void;
}

const position = z.strictObject({ epoch: z.string(), offset: z.number() });
const kept = z.object({
  client: z.string(),
  own: position.optional(),
  rooms: z.record(z.string(), position).optional(),
});

/** What one tab keeps across reloads, by which it is also seen how far the client has come in each log. */
export class Journey implements KeyValueStorage {
  readonly #options: JourneyOptions;
  readonly #positions = new Map<string, Position>();
  #text: string;

  constructor(options: JourneyOptions) {
    this.#options = options;
    const { client, isFromBeginning } = options;
    this.#text = JSON.stringify({ client, ...(isFromBeginning && { own: start }) });
  }

  /** How far it has come in a log. */
  position(log: string): Position | undefined {
    return this.#positions.get(log);
  }

  getItem(): string {
    return this.#text;
  }

  setItem(_key: string, text: string): void {
    this.#text = text;
    const { own, rooms = {} } = kept.parse(JSON.parse(text));
    if (own) this.#move(this.#options.log, own);
    for (const [room, at] of Object.entries(rooms)) this.#move(room, at);
  }

  removeItem(): void {
    throw new Error("The client forgets everything, and nobody has signed out.");
  }

  #move(log: string, at: Position): void {
    const isFirst = !this.#positions.has(log);
    // What is asked for is no place yet.
    if (this.#options.isFromBeginning && at.epoch === start.epoch) return;
    this.#positions.set(log, at);
    if (isFirst) this.#options.began(log, at.offset);
  }
}
