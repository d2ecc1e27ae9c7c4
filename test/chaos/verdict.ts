import type { Aim } from "../../src/objects/aim.ts";
import { logsOf, type Part } from "./cast.ts";
import type { Listener, Received, Story } from "./listener.ts";
import type { PublishRecord } from "./record.ts";

/** What came of a run. What was lost, repeated or reordered is told as sentences, too. */
export interface Verdict {
  /** Entries that were acknowledged and reached somebody whom they were for, once for each. */
  readonly delivered: number;
  /** How long a client waited for an entry after the answer, though it was live all the time: at most, in ms. */
  readonly longestWait: number;
  readonly lost: number;
  readonly repeated: number;
  readonly reordered: number;
  readonly findings: readonly string[];
}

/** Findings of one kind that are told; one says as much as a thousand. */
const TOLD = 10;

/**
 * Compares what publishers were told with what the clients were given. A client is entitled to everything that was
 * acknowledged in a log behind the position at which it began to follow, unless it was aimed at others.
 */
export function judge(listeners: readonly Listener[], record: PublishRecord): Verdict {
  let delivered = 0;
  let longestWait = 0;
  const lost: string[] = [];
  const repeated: string[] = [];
  const reordered: string[] = [];
  for (const { part, stories } of listeners) {
    for (const log of logsOf(part)) {
      const whose = `${part.client} in ${log}`;
      const story = stories.get(log);
      if (story?.since === undefined) {
        lost.push(`${whose}: it never began to follow.`);
        continue;
      }
      const entries = new Map(story.received.map((entry) => [keyOf(entry), entry]));
      repeated.push(...repeatsOf(story).map((what) => `${whose}: ${what}`));
      reordered.push(...disorderOf(story).map((what) => `${whose}: ${what}`));
      for (const { offset, id, channel, aim, at } of record.entries(log)) {
        const given = entries.get(keyOf({ id, channel }));
        const isFor = isMeantFor(aim, part);
        const what = `${id} on ${channel} at ${offset}`;
        if (!isFor && given) reordered.push(`${whose}: ${what} was not for it.`);
        if (!isFor || offset <= story.since) continue;
        if (!given) lost.push(`${whose}, which began at ${story.since}: ${what} did not come.`);
        else if (given.offset !== offset) reordered.push(`${whose}: ${what} came as ${given.offset}.`);
        else delivered += 1;
        if (given?.liveSince !== undefined && given.liveSince < at) {
          longestWait = Math.max(longestWait, given.at - at);
        }
      }
    }
  }
  return {
    delivered,
    longestWait,
    lost: lost.length,
    repeated: repeated.length,
    reordered: reordered.length,
    findings: [lost, repeated, reordered].flatMap((findings) => findings.slice(0, TOLD)),
  };
}

/** Written here anew, so that a fault of the service's own rule is found. */
function isMeantFor({ only, except }: Aim, { client, user, role }: Part): boolean {
  if (except?.client === client || except?.user === user) return false;
  return only?.roles === undefined || only.roles.includes(role);
}

/** An id taken twice is given twice, under two offsets: rule F5 does not see that. */
function repeatsOf({ received }: Story): string[] {
  const seen = new Set<string>();
  return received.flatMap((entry) => {
    const key = keyOf(entry);
    const isRepeated = seen.has(key);
    seen.add(key);
    return isRepeated ? [`${entry.id} on ${entry.channel} came again at ${entry.offset}.`] : [];
  });
}

function disorderOf({ received }: Story): string[] {
  return received.flatMap(({ offset, id }, index) => {
    const before = received[index - 1]?.offset ?? 0;
    return offset > before ? [] : [`${id} at ${offset} came after ${before}.`];
  });
}

/** One publish is given once on each of its channels. */
function keyOf({ id, channel }: Pick<Received, "id" | "channel">): string {
  return `${channel} ${id}`;
}
