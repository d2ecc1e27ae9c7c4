import { logsOf, userLog } from "./cast.ts";
import { keyOf, type Listener, type Received, type Story } from "./listener.ts";
import { type Given, givenTo, isAudience } from "./posted.ts";
import { type Answer, AUDIENCE, type PublishRecord } from "./record.ts";

/** An entry that a client must have been given. */
export interface Due extends Given {
  readonly id: string;
  readonly answer: Answer;
  /** Its place in that log, where somebody was told of it. */
  readonly offset: number | undefined;
}

/**
 * What each client is entitled to of what publishers were told is taken.
 *
 * - What was answered with its place in a log: who began to follow that log before the place.
 * - What was queued has no place yet: who began to follow before it was posted, or follows from the log's beginning.
 * - A broadcast: every user of whom the audience knew before it was posted, on each device that was there by then. That it
 *   knows of somebody shows in what it gives them, so a user counts from the first broadcast that comes to any of their
 *   devices. To a user who has not come yet belong the notifications that were answered before the first attempt to come.
 */
export class Entitlement {
  readonly #listeners: readonly Listener[];
  readonly #record: PublishRecord;
  readonly #devices: ReadonlyMap<string, readonly Listener[]>;
  readonly #knownAt = new Map<string, number>();
  /** Up to which answer of a log a client has everything. */
  readonly #complete = new Map<string, number>();

  constructor(listeners: readonly Listener[], record: PublishRecord) {
    this.#listeners = listeners;
    this.#record = record;
    this.#devices = Map.groupBy(listeners, ({ part }) => part.user);
  }

  /** What a client must have been given, each once. */
  dueTo(listener: Listener): Due[] {
    const due = new Map<string, Due>();
    for (const answer of this.#answersFor(listener)) {
      for (const one of this.#dueOf(listener, answer)) {
        const key = keyOf(one);
        if (!due.has(key)) due.set(key, one);
      }
    }
    return [...due.values()];
  }

  /** Broadcasts that a client did not get, although it was there: the audience may not have known of its user yet. */
  missedUnknown(listener: Listener): number {
    const { part, stories } = listener;
    const isMissed = (answer: Answer) =>
      this.#dueOf(listener, answer).length === 0 &&
      givenTo(part, answer.posted, answer.channel).some(
        (given) =>
          wasThere(stories.get(given.log), answer) && !listener.has({ ...given, id: answer.posted.id }),
      );
    return this.#record.answers(AUDIENCE).filter(isMissed).length;
  }

  /** Whether every client has all that it is entitled to. */
  get isFulfilled(): boolean {
    return this.#listeners.every((listener) => listener.isLive && this.#isComplete(listener));
  }

  /** Whether the audience knows of the user of a client, as far as can be seen. */
  isKnown(listener: Listener): boolean {
    return this.#userKnownAt(listener) !== undefined;
  }

  #isComplete(listener: Listener): boolean {
    const { client } = listener.part;
    return logsWithAudience(listener).every((log) => {
      const key = `${client} ${log}`;
      const answers = this.#record.answers(log);
      let index = this.#complete.get(key) ?? 0;
      const isMissing = (answer: Answer) => this.#dueOf(listener, answer).some((due) => !listener.has(due));
      for (let next = answers[index]; next && !isMissing(next); next = answers[index]) index += 1;
      this.#complete.set(key, index);
      return index === answers.length;
    });
  }

  *#answersFor(listener: Listener): Iterable<Answer> {
    for (const log of logsWithAudience(listener)) yield* this.#record.answers(log);
  }

  #dueOf(listener: Listener, answer: Answer): Due[] {
    const { posted, channel } = answer;
    const isBroadcast = isAudience(channel);
    return givenTo(listener.part, posted, channel).flatMap((given): Due[] => {
      const story = listener.stories.get(given.log);
      if (story?.since === undefined) return [];
      const isDue = isBroadcast
        ? this.#isForMember(listener, answer, story)
        : answer.offset === undefined
          ? beganBefore(story, answer)
          : answer.offset > story.since;
      const isItself = !isBroadcast && given.channel === channel && given.event === posted.event;
      return isDue ? [{ ...given, id: posted.id, answer, offset: isItself ? answer.offset : undefined }] : [];
    });
  }

  #isForMember(listener: Listener, answer: Answer, story: Story): boolean {
    const knownAt = this.#userKnownAt(listener) ?? Number.POSITIVE_INFINITY;
    if (knownAt < answer.sentAt) return beganBefore(story, answer);
    const isBeforeAll = this.#devicesOf(listener).every(
      ({ startedAt }) => startedAt === undefined || startedAt > answer.at,
    );
    return isBeforeAll && answer.posted.notification !== undefined && story.since === 0;
  }

  /** When a user was first given something by the audience, in ms of this process. */
  #userKnownAt(listener: Listener): number | undefined {
    const { user } = listener.part;
    const known = this.#knownAt.get(user);
    if (known !== undefined) return known;
    const times = this.#devicesOf(listener).flatMap((device) => this.#firstBroadcast(device) ?? []);
    if (times.length === 0) return undefined;
    const first = Math.min(...times);
    this.#knownAt.set(user, first);
    return first;
  }

  #firstBroadcast({ part, stories }: Listener): number | undefined {
    const received = logsOf(part).flatMap((log) => stories.get(log)?.received ?? []);
    const isOfAudience = ({ id, channel, event }: Received) => {
      const posted = this.#record.find(id);
      // A notification does not tell which way it came.
      if (event !== posted?.event) return false;
      return isAudience(channel) || (channel === userLog(part.user) && !posted.to.users.includes(part.user));
    };
    return received.find(isOfAudience)?.at;
  }

  #devicesOf({ part }: Listener): readonly Listener[] {
    return this.#devices.get(part.user) ?? [];
  }
}

function logsWithAudience({ part }: Listener): readonly string[] {
  return [...logsOf(part), AUDIENCE];
}

/** Whether a client was there when something was posted, or has followed the log from its beginning. */
function beganBefore(story: Story, answer: Answer): boolean {
  return story.since === 0 || wasThere(story, answer);
}

function wasThere(story: Story | undefined, { sentAt }: Answer): boolean {
  return story?.beganAt !== undefined && story.beganAt < sentAt;
}
