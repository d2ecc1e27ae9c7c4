import { userLog } from "./cast.ts";
import { isFutile } from "./futile.ts";
import { channelsOf, EACH_USER, isAudience, type Posted } from "./posted.ts";

/**
 * By which way an event goes to a target: to one user, to a room, to an audience; or, whichever it was, by the queue, or
 * from the queue to the dead letters and from there by a retry.
 */
export type Kind = "direct" | "room" | "broadcast" | "queued" | "retried";

/** One target of a publish that was answered with success. */
export interface Answer {
  readonly posted: Posted;
  /** As the answer names it. */
  readonly channel: string;
  /** The queue had it when it was first answered. */
  readonly isQueued: boolean;
  /** Its place in the target's log, once that was told. */
  offset: number | undefined;
  /** When it was first posted, in ms of this process. */
  readonly sentAt: number;
  /** When the first answer came, in ms of this process. */
  readonly at: number;
}

/** What is told of one target. */
export interface TargetAnswer {
  readonly channel: string;
  readonly status: string;
  readonly offset?: number | undefined;
  readonly duplicate: boolean;
}

/** Everything that was posted, and everything that publishers were told is delivered, stored or queued. */
export class PublishRecord {
  published = 0;
  acknowledged = 0;
  /** Publishes that were posted again although they had been answered. */
  again = 0;
  /** Answers that no publish may get. */
  readonly faults: string[] = [];
  readonly #posted = new Map<string, { readonly posted: Posted; readonly at: number }>();
  readonly #answers = new Map<string, Answer>();
  readonly #logs = new Map<string, Answer[]>();
  readonly #places = new Map<string, Answer>();
  readonly #retried = new Set<string>();

  /** An event is posted, for the first time or again. */
  post(posted: Posted): void {
    if (!this.#posted.has(posted.id)) this.#posted.set(posted.id, { posted, at: performance.now() });
  }

  find(id: string): Posted | undefined {
    return this.#posted.get(id)?.posted;
  }

  /** Takes what was told of one target. What is told of a repeated publish must be what it was. */
  answered(posted: Posted, { channel, status, offset, duplicate }: TargetAnswer): void {
    const { id } = posted;
    const key = keyOf(id, channel);
    const before = this.#answers.get(key);
    const answer: Answer = before ?? {
      ...{ posted, channel, isQueued: status === "queued", offset: undefined },
      sentAt: this.#posted.get(id)?.at ?? 0,
      at: performance.now(),
    };
    if (!before) {
      this.#answers.set(key, answer);
      const log = logOf(channel);
      const answers = this.#logs.get(log) ?? [];
      this.#logs.set(log, answers);
      answers.push(answer);
    }
    if (status === "queued") return;
    if (offset === undefined)
      this.faults.push(`${id} was ${status} on ${channel}, but nobody was told where.`);
    else if (answer.offset === undefined) this.#place(answer, offset);
    else if (answer.offset !== offset) {
      this.faults.push(`${id} has the offsets ${answer.offset} and ${offset} in ${channel}.`);
    } else if (!duplicate) this.faults.push(`${id} was repeated on ${channel}, and nobody was told so.`);
  }

  /** A dead letter with a part of this was delivered. */
  retried(id: string, channel: string): void {
    this.#retried.add(keyOf(id, channel));
  }

  /** Targets of which the queue gives up what it has, and that no dead letter has come to. */
  get unretried(): readonly Answer[] {
    return [...this.#answers.values()].filter((answer) => {
      return kindOf(answer) === "retried" && !this.#retried.has(keyOf(answer.posted.id, answer.channel));
    });
  }

  /** What was answered with success in a log, in the order of the answers. */
  answers(log: string): readonly Answer[] {
    return this.#logs.get(log) ?? [];
  }

  /** What was told of an entry, by the channel on which a client gets it; a notification comes with any of them. */
  answerOf(id: string, channel: string): Answer | undefined {
    const posted = this.find(id);
    const channels = [channel, EACH_USER, ...(posted ? channelsOf(posted) : [])];
    return channels.map((one) => this.#answers.get(keyOf(id, one))).find((answer) => answer !== undefined);
  }

  /** How many targets were answered, by kind. */
  countTargets(kind: Kind): number {
    return [...this.#answers.values()].filter((answer) => kindOf(answer) === kind).length;
  }

  /** How many targets of what was posted there are. */
  get targets(): number {
    return [...this.#posted.values()].reduce((sum, { posted }) => sum + channelsOf(posted).length, 0);
  }

  #place(answer: Answer, offset: number): void {
    const log = logOf(answer.channel);
    const place = keyOf(String(offset), log);
    const other = this.#places.get(place);
    answer.offset = offset;
    this.#places.set(place, answer);
    if (!other) return;
    this.faults.push(`${other.posted.id} and ${answer.posted.id} both have the offset ${offset} in ${log}.`);
  }
}

/** The log of the audience, which is in no client's reach. */
export const AUDIENCE = "audience";

export function kindOf({ posted, channel, isQueued }: Answer): Kind {
  if (isQueued) return isFutile(posted.event) ? "retried" : "queued";
  if (isAudience(channel)) return "broadcast";
  return channel.startsWith("room:") ? "room" : "direct";
}

/** The log in which a channel's entries lie. */
function logOf(channel: string): string {
  if (isAudience(channel)) return AUDIENCE;
  return channel.startsWith("user:") ? userLog(channel.split(":")[1] ?? "") : channel;
}

function keyOf(id: string, channel: string): string {
  return `${channel} ${id}`;
}
