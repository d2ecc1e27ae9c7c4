import type { User } from "./cast.ts";
import { operate } from "./http.ts";
import { type Statement, whoIs } from "./person.ts";
import { aMoment, type Scene } from "./scene.ts";

/** What a backend says of users. */
export class Backend {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Says as whom a user is known. */
  async say(user: User, statement: Statement): Promise<void> {
    await this.#scene.inTurn(user, async () => {
      const next = this.#scene.open(user).map((session) => {
        const person = whoIs(user, session.badge, statement);
        session.becomes(person);
        return { session, holder: { person, isBrief: session.badge.isBrief } };
      });
      const present = next.filter(({ session }) => !session.seat.room).map(({ holder }) => holder);
      await aMoment();
      const said = this.#scene.member(user).isSaid(statement, present);
      await operate("PUT", `/users/${encodeURIComponent(user)}/identity`, statement);
      said();
      for (const { session, holder } of next) await session.settles(holder.person);
    });
  }

  /** Ends a user's connections, or those of one device; credentials from long ago are refused from now on. */
  async revoke(user: User, device: string | undefined): Promise<void> {
    await this.#scene.inTurn(user, async () => {
      const ended = this.#scene
        .open(user)
        .filter(({ seat }) => device === undefined || seat.device === device);
      const which = device === undefined ? {} : { client: device };
      this.#scene.member(user).isRevoked = true;
      const path = `/users/${encodeURIComponent(user)}/disconnect`;
      await operate("POST", path, { ...which, revokeBefore: Date.now() });
      for (const session of ended) await session.until(() => session.isOver, "being put out");
    });
  }
}
