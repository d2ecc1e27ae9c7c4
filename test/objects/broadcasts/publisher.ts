import { env } from "cloudflare:workers";
import { audienceShard, userObject } from "../../../src/objects/env.ts";
import type { Outcome, Publication, PublishedEvent } from "../../../src/objects/publication.ts";
import type { Announcement } from "./command.ts";
import type { Entry, Ledger } from "./ledger.ts";
import type { Names } from "./names.ts";
import type { Witness } from "./witness.ts";

/** How often a patient publisher calls. */
const TRIES = 40;

/** A Worker that takes what is published to the objects, and writes down what they answer. */
export class Publisher {
  readonly #names: Names;
  readonly #ledger: Ledger;
  readonly #witness: Witness;
  readonly #published: (readonly Entry[])[] = [];

  constructor(names: Names, ledger: Ledger, witness: Witness) {
    this.#names = names;
    this.#ledger = ledger;
    this.#witness = witness;
  }

  async broadcast(announcements: readonly Announcement[], times: number, isPatient: boolean): Promise<void> {
    const entries = announcements.map((announcement) => this.#ledger.announce(announcement));
    this.#published.push(entries);
    await Promise.all(Array.from({ length: times }, () => this.#post(entries, isPatient)));
  }

  /** Publishes something again, to the letter. */
  async repeat(which: number): Promise<void> {
    const entries = this.#published[which % this.#published.length];
    if (entries) await this.#post(entries, true);
  }

  async #post(entries: readonly Entry[], isPatient: boolean): Promise<void> {
    const tries = isPatient ? TRIES : 1;
    const toAudience = async () => {
      const publications = entries.map((entry) => this.#publicationOf(entry));
      const outcomes = await insist(tries, () => audienceShard(env, 0).deliver(publications));
      if (!outcomes) return;
      this.#check(outcomes.flat());
      for (const entry of entries) entry.isAnswered = true;
    };
    const byName = entries.map(async (entry) => {
      const { byName } = entry;
      if (!byName) return;
      const publication = this.#publicationByName(entry, this.#names.log(byName));
      const user = this.#names.user(byName);
      const outcomes = await insist(tries, () => userObject(env, user).deliver([publication]));
      if (!outcomes) return;
      this.#check(outcomes.flat());
      entry.isAnsweredByName = true;
    });
    await Promise.all([toAudience(), ...byName]);
  }

  #check(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.status === "failed") this.#witness.blame(`A publish was answered ${outcome.code}.`);
    }
  }

  #publicationOf(entry: Entry): Publication {
    const { id, to, channels, byName } = entry;
    const events: PublishedEvent[] = channels.map((role) => ({
      channel: this.#names.channel(role),
      ...contentOf(entry),
    }));
    if (to.length > 0) {
      const isForEveryone = to === "everyone";
      const roles = isForEveryone ? [] : to.map((role) => this.#names.role(role));
      const besides = byName ? [this.#names.user(byName)] : [];
      const reach = { roles, tenants: [], everyone: isForEveryone, besides };
      events.push({ channel: "user:*", ...contentOf(entry), reach });
    }
    return { id, hash: "same", events };
  }

  #publicationByName(entry: Entry, channel: string): Publication {
    return { id: entry.id, hash: "same", events: [{ channel, ...contentOf(entry) }] };
  }
}

function contentOf({ isNotification }: Entry): Omit<PublishedEvent, "channel"> {
  const notification = { type: "news", title: "Title", message: "Message", priority: "normal" } as const;
  return { event: "plain", data: "null", store: true, ...(isNotification && { notification }) };
}

/** Calls until it is answered, or gives up. */
async function insist<Answer>(tries: number, call: () => PromiseLike<Answer>): Promise<Answer | undefined> {
  for (let attempt = 1; attempt <= tries; attempt++) {
    try {
      return await call();
    } catch {
      // The object died, or its answer was lost.
      await scheduler.wait(5 * attempt);
    }
  }
  return undefined;
}
