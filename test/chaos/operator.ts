import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { publishAnswer } from "../../src/cli/answers.ts";
import { isFutile } from "./futile.ts";
import type { PublishRecord } from "./record.ts";

export interface OperatorOptions {
  /** Where the service is now, as `http://host:port`. */
  readonly address: () => string;
  readonly key: string;
  readonly record: PublishRecord;
}

const letterSchema = z.object({
  id: z.number(),
  code: z.string(),
  reason: z.string(),
  publications: z.array(z.object({ id: z.string(), events: z.array(z.object({ channel: z.string() })) })),
});
const listed = z.object({ deadLetters: z.array(letterSchema) });

type Letter = z.output<typeof letterSchema>;

/** How often the dead letters are looked at, in ms. */
const ROUND = 300;
/** How long the service may take for one of them, in ms. */
const PATIENCE = 10_000;

/** Who looks after the dead letters of a run: has each delivered again until none is left. */
export class Operator {
  readonly #options: OperatorOptions;
  /** Letters that are not known to be delivered. */
  readonly #open = new Map<number, Letter>();
  readonly #seen = new Set<number>();
  readonly #tried = new Set<number>();
  #retried = 0;

  constructor(options: OperatorOptions) {
    this.#options = options;
  }

  /** How many letters there were, and how many are delivered. */
  get letters(): { readonly seen: number; readonly retried: number } {
    return { seen: this.#seen.size, retried: this.#retried };
  }

  /** Looks again and again, until `end` is aborted. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      // The service may be gone; then another round will do.
      await this.#round().catch(() => undefined);
      await wait(ROUND, undefined, { signal: end }).catch(() => undefined);
    }
  }

  async #round(): Promise<void> {
    const response = await this.#ask("GET", "/dead-letters?limit=100");
    const { deadLetters } = listed.parse(await response.json());
    for (const letter of deadLetters) this.#see(letter);
    // One that is not listed any more may have been delivered, and the answer lost.
    for (const letter of this.#open.values()) await this.#retry(letter);
  }

  /** Nothing is given up but what the run sees to. */
  #see(letter: Letter): void {
    const { record } = this.#options;
    const { id, code, reason, publications } = letter;
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.#open.set(id, letter);
    if (publications.some((one) => isFutile(record.find(one.id)?.event ?? ""))) return;
    record.faults.push(`Given up with ${code}, ${reason}: ${JSON.stringify(publications)}`);
  }

  async #retry({ id, publications }: Letter): Promise<void> {
    const { record } = this.#options;
    const wasTried = this.#tried.has(id);
    this.#tried.add(id);
    const response = await this.#ask("POST", `/dead-letters/${id}/retry`);
    const body: unknown = await response.json();
    if (response.status !== 200 && !(response.status === 404 && wasTried)) {
      if (response.status < 500) record.faults.push(`Letter ${id} was refused: ${JSON.stringify(body)}`);
      return;
    }
    this.#open.delete(id);
    this.#retried += 1;
    for (const { id: posted, events } of publications) {
      for (const { channel } of events) record.retried(posted, channel);
    }
    const { data } = publishAnswer.safeParse(body);
    for (const { id: posted, targets } of data?.results ?? []) {
      for (const target of targets) {
        const event = record.find(posted);
        if (event && target.status !== "failed") record.answered(event, target);
        else record.faults.push(`Letter ${id} was answered ${JSON.stringify(target)} for ${posted}.`);
      }
    }
  }

  async #ask(method: string, path: string): Promise<Response> {
    const { address, key } = this.#options;
    return await fetch(address() + path, {
      method,
      headers: { Authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(PATIENCE),
    });
  }
}
