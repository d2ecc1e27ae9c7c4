import type { ClientEvents as Rules } from "../channels/client-events.ts";
import { clientEventOf } from "../channels/client-publish.ts";
import type { ErrorCode } from "../protocol/errors.ts";
import { CarillonError } from "../protocol/errors.ts";
import { eventFrame, type LoggedPublication, type PassingEvent } from "./entry.ts";
import { LastingEvents, type LastingEventsOptions } from "./lasting-events.ts";
import type { Outcome } from "./publication.ts";

/** The device that sends a frame. */
export interface Sender {
  readonly user: string;
  readonly client: string;
}

/** What a client publishes to a room; `data` is JSON text that fits the rule. */
export interface ClientSaying {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** What a room answers a frame that came over a user's object. */
export type RoomAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string };

/**
 * Passes a room's refusal on.
 *
 * @throws {CarillonError} what the room refuses with.
 */
export function checkRoomAnswer(answer: RoomAnswer): void {
  if (answer.kind === "refused") throw new CarillonError(answer.code, answer.message);
}

export interface ClientEventsOptions extends LastingEventsOptions {
  readonly room: string;
  readonly events: Rules;
  /** Hands events that no log keeps to everybody who is there. */
  readonly pass: (passing: readonly PassingEvent[]) => void;
  /** Stores a publication, and hands it on. */
  readonly store: (publication: LoggedPublication) => Promise<Outcome | undefined>;
}

/** What clients publish to a room by themselves. It reaches all who are there but the device that sent it. */
export class ClientEvents {
  readonly #options: ClientEventsOptions;
  readonly #lasting: LastingEvents;

  constructor(options: ClientEventsOptions) {
    this.#options = options;
    this.#lasting = new LastingEvents(options);
  }

  /** When something that lasts is over (ms), or nothing. */
  due(): number | undefined {
    return this.#lasting.due();
  }

  /** Says of what lasts that it is over, where nobody else has. */
  endDue(): void {
    for (const { user, event, client } of this.#lasting.takeDue()) {
      const data = clientEventOf(this.#options.events, event)?.ends;
      if (data !== undefined) this.#pass({ user, client }, event, data);
    }
  }

  async take(sender: Sender, { event, data, id }: ClientSaying): Promise<RoomAnswer> {
    const rule = clientEventOf(this.#options.events, event);
    if (!rule) return refused("forbidden", "Clients do not publish this event to this room.");
    if (rule.ends === data) this.#lasting.end({ user: sender.user, event });
    else if (rule.ends !== undefined) this.#lasting.keep({ ...sender, event });
    if (!rule.store && id === undefined) {
      this.#pass(sender, event, data);
      return { kind: "done" };
    }
    const outcome = await this.#store(sender, { event, data, id }, rule.store);
    return outcome?.status === "failed" ? refused(outcome.code, outcome.message) : { kind: "done" };
  }

  #pass(sender: Sender, event: string, data: string): void {
    const { room: channel, pass, now } = this.#options;
    const said = { channel, event, data, store: false, from: sender.user };
    const frame = eventFrame(said, { id: crypto.randomUUID(), at: now() });
    pass([{ channel, frame, aim: { from: sender } }]);
  }

  /** What has an id is taken once, as what backends publish is; but ids are each user's own. */
  async #store(sender: Sender, { event, data, id }: ClientSaying, store: boolean) {
    const { room: channel } = this.#options;
    const isOwnId = id === undefined;
    return this.#options.store({
      id: `${sender.user}/${id ?? crypto.randomUUID()}`,
      hash: isOwnId ? "" : await digest(`${event} ${data}`),
      events: [{ channel, event, data, store, aim: { from: sender }, from: sender.user }],
    });
  }
}

function refused(code: ErrorCode, message: string): RoomAnswer {
  return { kind: "refused", code, message };
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
