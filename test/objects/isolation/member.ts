import type { Route } from "./announcement.ts";
import type { User } from "./cast.ts";
import type { Entry } from "./ledger.ts";
import { isSame, overruled, type Person, type Statement } from "./person.ts";
import type { Ticks } from "./ticks.ts";
import { isMeant } from "./who-may.ts";

/** Somebody with a credential. */
export interface Holder {
  readonly person: Person;
  /** Whether the credential ends when the clock is turned on. */
  readonly isBrief: boolean;
}

/** As whom the audience knows a user: possibly from the first moment to the last, certainly between the inner two. */
interface Known {
  readonly person: Person;
  isBrief: boolean;
  readonly possibleFrom: number;
  certainFrom: number;
  certainUntil: number;
  possibleUntil: number;
}

/** The first time that a user came: older notifications are given then. */
interface FirstVisit {
  readonly from: number;
  until: number;
  readonly as: readonly Person[];
  /** From when on the audience had known the user by the backend's word alone. */
  readonly saidFrom: number;
}

const NEVER = Number.POSITIVE_INFINITY;
/** Credentials that differ, at most, of which the audience knows. */
const MAX_KNOWN = 8;

/** What the audience ought to know of a user, and the user's object of credentials: the model of both. */
export class Member {
  readonly user: User;
  /** What the backend has said last. */
  said: Statement | undefined;
  /** Whether credentials that were issued long ago are refused. */
  isRevoked = false;
  readonly #ticks: Ticks;
  /** The newest first. */
  #known: Known[] = [];
  readonly #past: Known[] = [];
  #visit: FirstVisit | undefined;
  #saidFrom = NEVER;

  constructor(user: User, ticks: Ticks) {
    this.user = user;
    this.#ticks = ticks;
  }

  /** Somebody begins to come. @returns to be called when the audience knows of it. */
  comes(holder: Holder): () => void {
    const from = this.#ticks.next();
    const isStill = (one: Known) => isSame(one.person, holder.person) && one.certainUntil === NEVER;
    const known = this.#known.find(isStill) ?? learn(holder, from);
    known.isBrief &&= holder.isBrief;
    this.#known = [known, ...this.#known.filter((one) => one !== known)];
    // Which of too many are forgotten is nobody's business.
    const others = this.#known.length > MAX_KNOWN ? this.#known.slice(1) : [];
    for (const other of others) other.certainUntil = from;
    const as = this.#known.map((one) => one.person);
    const visit = this.#visit ?? { from, until: NEVER, as, saidFrom: this.#saidFrom };
    this.#visit = visit;
    return () => {
      const tick = this.#ticks.next();
      known.certainFrom = Math.min(known.certainFrom, tick);
      visit.until = Math.min(visit.until, tick);
    };
  }

  /**
   * The backend begins to say as whom the user is known.
   *
   * @param present as whom the user's connections go on, if there are any.
   * @returns to be called when that is done.
   */
  isSaid(said: Statement, present: readonly Holder[]): () => void {
    const from = this.#ticks.next();
    this.said = said;
    if (this.#known.length === 0) this.#saidFrom = from;
    const nobody: Holder = {
      person: { user: this.user, roles: [], tenants: [], grants: [] },
      isBrief: false,
    };
    const ended = this.#known;
    // What was known by a credential that is over is not certainly known any more, whatever is said of it.
    const before: readonly Holder[] = ended.length > 0 ? ended : [nobody];
    const away = before.map(({ person, isBrief }) => ({ person: overruled(person, said), isBrief }));
    const begun = (present.length > 0 ? present : away).map((holder) => learn(holder, from));
    const isCertain = (_: Known, index: number) =>
      present.length > 0 || ended.length === 0 || ended[index]?.certainUntil === NEVER;
    const certain = begun.filter(isCertain);
    for (const known of ended) known.certainUntil = Math.min(known.certainUntil, from);
    this.#past.push(...ended);
    this.#known = begun;
    return () => {
      const tick = this.#ticks.next();
      for (const known of ended) known.possibleUntil = tick;
      for (const known of certain) known.certainFrom = tick;
    };
  }

  /** The clock was turned on: what was known by brief credentials may be forgotten. */
  ages(): void {
    const tick = this.#ticks.next();
    for (const known of this.#known) {
      if (known.isBrief) known.certainUntil = Math.min(known.certainUntil, tick);
    }
  }

  /** Whether an event may have become part of the user's log on this way. */
  mayHave({ announcement, from, until }: Entry, { isFor, byAudience }: Route): boolean {
    if (!byAudience) return true;
    const fits = (person: Person) => isFor(person) && isMeant(announcement.aim, person, "");
    const wasMember = [...this.#known, ...this.#past].some(
      (known) => known.possibleFrom <= until && known.possibleUntil >= from && fits(known.person),
    );
    const visit = this.#visit;
    if (wasMember || !visit || !announcement.isNotification) return wasMember;
    return from <= visit.until && visit.as.some(fits);
  }

  /** Whether it must have. */
  mustHave({ announcement, from, until }: Entry, { isFor, byAudience }: Route): boolean {
    if (!byAudience) return true;
    const fits = (person: Person) => isFor(person) && isMeant(announcement.aim, person, "");
    const wasMember = [...this.#known, ...this.#past].some(
      (known) => known.certainFrom < from && known.certainUntil > until && fits(known.person),
    );
    const visit = this.#visit;
    if (wasMember || !visit || !announcement.isNotification) return wasMember;
    const wasBefore = until < visit.from && until < visit.saidFrom;
    return wasBefore && visit.until < NEVER && visit.as.some(fits);
  }
}

function learn({ person, isBrief }: Holder, from: number): Known {
  const unknown = { certainFrom: NEVER, certainUntil: NEVER, possibleUntil: NEVER };
  return { person, isBrief, possibleFrom: from, ...unknown };
}
