import { formatPosition, type Position } from "../../../src/protocol/position.ts";
import { type SeatName, type User, users } from "./cast.ts";
import type { Since } from "./command.ts";
import { Ledger } from "./ledger.ts";
import { type Holder, Member } from "./member.ts";
import { type Badge, whoIs } from "./person.ts";
import type { Session } from "./session.ts";
import { Ticks } from "./ticks.ts";
import { Witness } from "./witness.ts";

/** What everything in a run shares: who is known as whom, who is connected, what was published and what was seen. */
export class Scene {
  readonly ticks = new Ticks();
  readonly ledger = new Ledger(this.ticks);
  readonly witness = new Witness();
  readonly members: ReadonlyMap<User, Member> = new Map(
    users.map((user) => [user, new Member(user, this.ticks)]),
  );
  /** The last connection of each seat. */
  readonly sessions = new Map<SeatName, Session>();
  /** How far each device has come in each log. */
  readonly positions = new Map<string, Position>();
  readonly #turns = new Map<User, Promise<void>>();

  /** Connections of a user, or of all. */
  open(user?: User): readonly Session[] {
    return [...this.sessions.values()].filter(
      ({ isOver, seat }) => !isOver && (user === undefined || seat.user === user),
    );
  }

  member(user: User): Member {
    const member = this.members.get(user);
    if (!member) throw new Error("Every user has a member.");
    return member;
  }

  /** Who shows a badge, and whether it was revoked. */
  holderOf(user: User, badge: Badge): { readonly holder: Holder; readonly isRefused: boolean } {
    const { said, isRevoked } = this.member(user);
    const holder = { person: whoIs(user, badge, said), isBrief: badge.isBrief };
    return { holder, isRefused: isRevoked && badge.age === "old" };
  }

  /** Where somebody who asks for a log begins. */
  positionOf(whose: string, since: Since): string | undefined {
    if (since === "none") return undefined;
    const position = since === "start" ? undefined : this.positions.get(whose);
    return position ? formatPosition(position) : "0.0";
  }

  /** What concerns one user's identity happens one after the other, so that it can be told who was known as whom. */
  async inTurn(user: User, task: () => Promise<void>): Promise<void> {
    const turn = this.turnOf(user).then(task);
    this.#turns.set(user, turn);
    await turn;
  }

  /** Resolves when what is under way has happened. */
  async turnOf(user: User): Promise<void> {
    await this.#turns.get(user)?.catch(() => undefined);
  }
}

/** What was published in the very millisecond in which somebody came may be for them: let it be over. */
export async function aMoment(): Promise<void> {
  const before = Date.now();
  while (Date.now() === before) await scheduler.wait(1);
}
