import { formatPosition } from "../../../src/protocol/position.ts";
import { ownChannel } from "./announcement.ts";
import type { Room, User } from "./cast.ts";
import type { Since } from "./command.ts";
import { type Page, readInbox, readPage } from "./http.ts";
import type { Badge, Person } from "./person.ts";
import { aMoment, type Scene } from "./scene.ts";
import { contentOf } from "./sightings.ts";
import { tokenOf } from "./token.ts";
import { mayFollow } from "./who-may.ts";

/** Who polls, as a device. */
export const POLLER = "poller";

/** Clients without a socket. */
export class Pollers {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** A client asks for all of a user's log, over and over until there is no more. */
  async poll(user: User, badge: Badge, since: Since, limit: number): Promise<void> {
    await this.#scene.inTurn(user, async () => {
      const { holder, isRefused } = this.#scene.holderOf(user, badge);
      const token = await tokenOf(user, badge);
      await aMoment();
      const known = isRefused ? undefined : this.#scene.member(user).comes(holder);
      const by = `${user}, who polls,`;
      const position = this.#scene.positionOf(by, since);
      await this.#readAll(
        "/events",
        token,
        { since: position, limit: `${limit}`, client: POLLER },
        (page) => {
          if (typeof page === "number") return this.#checkRefusal(by, page, isRefused ? 401 : undefined);
          if (isRefused) this.#scene.witness.blame(`${by} was let in with a credential that was revoked`);
          this.#scene.positions.set(by, page.position);
          return this.#see(by, user, holder.person, undefined, page);
        },
      );
      known?.();
      await this.#readInbox(user, token, holder.person, isRefused);
    });
  }

  /** A client asks for all that a room keeps. */
  async pollRoom(user: User, badge: Badge, room: Room, isBackwards: boolean, limit: number): Promise<void> {
    await this.#scene.inTurn(user, async () => {
      const { holder, isRefused } = this.#scene.holderOf(user, badge);
      const isForbidden = !mayFollow(holder.person, room);
      const token = await tokenOf(user, badge);
      const by = `${user}, who polls ${room},`;
      const path = `/rooms/${encodeURIComponent(room)}/events`;
      const query = { limit: `${limit}`, client: POLLER };
      const since = isBackwards ? { before: "0.1000000" } : { since: "0.0" };
      await this.#readAll(path, token, { ...query, ...since }, (page) => {
        if (typeof page === "number") {
          return this.#checkRefusal(by, page, isRefused ? 401 : isForbidden ? 403 : undefined);
        }
        if (isRefused || isForbidden) this.#scene.witness.blame(`${by} was let in`);
        return this.#see(by, user, holder.person, room, page);
      });
    });
  }

  async #readAll(
    path: string,
    token: string,
    query: Readonly<Record<string, string | undefined>>,
    take: (page: Page | number) => void,
  ): Promise<void> {
    const isBackwards = query.before !== undefined;
    for (let asked = query; ; ) {
      const page = await readPage(path, token, asked);
      take(page);
      if (typeof page === "number" || !page.more) return;
      const position = formatPosition(page.position);
      asked = { ...query, ...(isBackwards ? { before: position } : { since: position }) };
    }
  }

  /** The client that polls looks into the inbox as well. */
  async #readInbox(user: User, token: string, person: Person, isRefused: boolean): Promise<void> {
    const by = `${user}, who looks into the inbox,`;
    const inbox = await readInbox(token, { limit: "200", client: POLLER });
    if (typeof inbox === "number") return this.#checkRefusal(by, inbox, isRefused ? 401 : undefined);
    const place = { user, device: POLLER, as: [person], room: undefined, channel: ownChannel(user) };
    for (const event of inbox) {
      const isNotice = true;
      const { now: tick } = this.#scene.ticks;
      this.#scene.witness.see({ by, ...place, event, isNotice, offset: undefined, tick });
    }
  }

  #checkRefusal(by: string, status: number, expected: number | undefined): void {
    if (status === expected) return;
    this.#scene.witness.blame(`${by} was answered ${status}, not ${expected ?? 200}`);
  }

  #see(by: string, user: User, person: Person, room: Room | undefined, { events, recovered }: Page): void {
    const tick = this.#scene.ticks.now;
    if (!recovered) this.#scene.witness.blame(`${by} lost something`);
    for (const frame of events) {
      if (frame.type !== "event") continue;
      const { channel, offset } = frame;
      const sighting = { by, user, device: POLLER, as: [person], room, channel, offset, tick };
      const content = contentOf(frame);
      if (content) this.#scene.witness.see({ ...sighting, ...content });
    }
  }
}
