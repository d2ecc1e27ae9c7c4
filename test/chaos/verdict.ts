import { logsOf } from "./cast.ts";
import type { Entitlement } from "./entitlement.ts";
import { keyOf, type Listener, type Received, type Story } from "./listener.ts";
import { channelsOf, EACH_USER, givenTo, isAudience } from "./posted.ts";
import { type Kind, kindOf, type PublishRecord } from "./record.ts";

/** What came of one kind of targets. */
export interface Figures {
  /** Targets that were answered with success. */
  targets: number;
  /** Entries that reached somebody who was entitled to them, once for each. */
  delivered: number;
  lost: number;
  repeated: number;
  reordered: number;
  /** Entries that reached somebody whom they were not for. */
  strayed: number;
  /** How long a client waited for an entry after the answer, though it was live all the time: at most, in ms. */
  longestWait: number;
}

export const kinds = ["direct", "room", "broadcast", "queued", "retried"] as const satisfies readonly Kind[];

/** What came of a run. What went wrong is told as sentences, too. */
export interface Verdict {
  readonly figures: Readonly<Record<Kind, Figures>>;
  /** Broadcasts that a client did not get whose user the audience may not have known yet. */
  readonly missedUnknown: number;
  readonly findings: readonly string[];
}

/** Findings of one sort that are told; one says as much as a thousand. */
const TOLD = 10;

type Sort = "lost" | "repeated" | "reordered" | "strayed";

/** Compares what publishers were told with what the clients were given. */
export class Judge {
  readonly #record: PublishRecord;
  readonly #entitlement: Entitlement;
  readonly #figures: Record<Kind, Figures>;
  readonly #findings: Record<Sort, string[]> = { lost: [], repeated: [], reordered: [], strayed: [] };

  constructor(record: PublishRecord, entitlement: Entitlement) {
    this.#record = record;
    this.#entitlement = entitlement;
    const none = { delivered: 0, lost: 0, repeated: 0, reordered: 0, strayed: 0, longestWait: 0 };
    const figuresOf = (kind: Kind) => ({ ...none, targets: record.countTargets(kind) });
    this.#figures = {
      direct: figuresOf("direct"),
      room: figuresOf("room"),
      broadcast: figuresOf("broadcast"),
      queued: figuresOf("queued"),
      retried: figuresOf("retried"),
    };
  }

  judge(listeners: readonly Listener[]): Verdict {
    for (const listener of listeners) this.#judgeOne(listener);
    return {
      figures: this.#figures,
      missedUnknown: listeners.reduce((sum, one) => sum + this.#entitlement.missedUnknown(one), 0),
      findings: Object.values(this.#findings).flatMap((findings) => findings.slice(0, TOLD)),
    };
  }

  #judgeOne(listener: Listener): void {
    const { part, stories } = listener;
    const received = new Map<string, Received>();
    for (const log of logsOf(part)) {
      const whose = `${part.client} in ${log}`;
      const story = stories.get(log);
      if (story?.since === undefined) this.#find("lost", "direct", `${whose}: it never began to follow.`);
      else this.#judgeStory(listener, whose, story, received);
    }
    for (const { id, channel, event, log, offset, answer } of this.#entitlement.dueTo(listener)) {
      const kind = kindOf(answer);
      const given = received.get(keyOf({ id, channel, event }));
      const what = `${part.client} in ${log}: ${event} of ${id} on ${channel} at ${offset ?? answer.offset}`;
      if (!given) {
        this.#find("lost", kind, `${what} did not come; it began at ${stories.get(log)?.since}.`);
      } else if (offset !== undefined && given.offset !== offset) {
        this.#find("reordered", kind, `${what} came as ${given.offset}.`);
      } else {
        this.#figures[kind].delivered += 1;
      }
      if (given?.liveSince !== undefined && given.liveSince < answer.at) {
        const figures = this.#figures[kind];
        figures.longestWait = Math.max(figures.longestWait, given.at - answer.at);
      }
    }
  }

  /** Judges what a client was given of one log by itself. */
  #judgeStory({ part }: Listener, whose: string, story: Story, received: Map<string, Received>): void {
    let before = 0;
    /** The newest place in the audience's log of what has come from there. */
    let place = 0;
    for (const entry of story.received) {
      const { id, channel, event, offset } = entry;
      const posted = this.#record.find(id);
      const answer = this.#record.answerOf(id, channel);
      const kind = answer ? kindOf(answer) : "direct";
      const what = `${whose}: ${event} of ${id} on ${channel} at ${offset}`;
      if (offset <= before) this.#find("reordered", kind, `${what} came after ${before}.`);
      before = offset;
      const isMeant = posted && channelsOf(posted).some((one) => this.#isGiven(part, entry, one));
      if (!isMeant) this.#find("strayed", kind, `${what} was not for it.`);
      const key = keyOf(entry);
      if (received.has(key)) this.#find("repeated", kind, `${what} came before.`);
      received.set(key, entry);
      // A notification stands behind its event, or was there before it.
      if (event !== posted?.event || !answer?.offset || !this.#isFromAudience(entry, answer.channel))
        continue;
      if (answer.offset < place) {
        this.#find(
          "reordered",
          kind,
          `${what} is ${answer.offset} in the audience, and came after ${place}.`,
        );
      }
      place = answer.offset;
    }
  }

  #isGiven(part: Listener["part"], { id, channel, event }: Received, named: string): boolean {
    const posted = this.#record.find(id);
    const given = posted ? givenTo(part, posted, named) : [];
    return given.some((one) => one.channel === channel && one.event === event);
  }

  #isFromAudience({ channel }: Received, named: string): boolean {
    return isAudience(channel) || named === EACH_USER;
  }

  #find(sort: Sort, kind: Kind, finding: string): void {
    this.#figures[kind][sort] += 1;
    this.#findings[sort].push(`${sort}: ${finding}`);
  }
}
