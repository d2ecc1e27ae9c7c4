import { env } from "cloudflare:workers";
import { settingsOf } from "../../../src/config/settings.ts";
import { shardOf } from "../../../src/objects/audience-door.ts";
import { audienceShard, roomObject, userObject } from "../../../src/objects/env.ts";
import { formatPosition, type Position } from "../../../src/protocol/position.ts";
import { runAlarm } from "../interleavings/objects.ts";
import { sleepAll } from "../listener.ts";
import { ownChannel } from "./announcement.ts";
import { type Room, rooms, type Seat, type SeatName, seats, type User, users } from "./cast.ts";
import { turnOn } from "./clock.ts";
import type { Command, Since, Step } from "./command.ts";
import { openSocket, operate, type Page, readInbox, readPage } from "./http.ts";
import { Ledger } from "./ledger.ts";
import { type Holder, Member } from "./member.ts";
import { type Badge, isSame, type Person, type Statement, whoIs } from "./person.ts";
import { Publisher } from "./publisher.ts";
import { Session } from "./session.ts";
import { contentOf } from "./sightings.ts";
import { Ticks } from "./ticks.ts";
import { tokenOf } from "./token.ts";
import { mayFollow } from "./who-may.ts";
import { Witness } from "./witness.ts";

/** How long (ms) the audience may take to learn of a connection. */
const PATIENCE = 4000;
/** Who polls, as a device. */
const POLLER = "poller";

/** One run: who is known as whom, who is connected, what was published and what was seen. */
export class World {
  readonly ticks = new Ticks();
  readonly ledger = new Ledger(this.ticks);
  readonly witness = new Witness();
  readonly members: ReadonlyMap<User, Member> = new Map(
    users.map((user) => [user, new Member(user, this.ticks)]),
  );
  readonly publisher = new Publisher(this.ledger, this.witness);
  readonly #sessions = new Map<SeatName, Session>();
  readonly #positions = new Map<string, Position>();
  readonly #turns = new Map<User, Promise<void>>();

  get sessions(): readonly Session[] {
    return [...this.#sessions.values()].filter(({ isOver }) => !isOver);
  }

  /** Carries out the steps, those that are not awaited side by side with what comes after. */
  async run(steps: readonly Step[]): Promise<void> {
    const underWay: Promise<void>[] = [];
    for (const { command, isAwaited } of steps) {
      // Nobody could say what was brief before the clock is turned on and what after it.
      if (command.do === "age") await Promise.all(underWay);
      const task = this.#do(command).catch((error: unknown) =>
        this.witness.blame(`${JSON.stringify(command)} failed: ${String(error)}`),
      );
      underWay.push(task);
      if (isAwaited || command.do === "age") await task;
    }
    await Promise.all(underWay);
  }

  /** Everybody leaves. */
  async close(): Promise<void> {
    await Promise.all(this.sessions.map((session) => session.leave()));
  }

  /** A client asks for all of a user's log, over and over until there is no more. */
  async poll(user: User, badge: Badge, since: Since, limit: number): Promise<void> {
    await this.#inTurn(user, async () => {
      const { holder, isRefused } = this.#holderOf(user, badge);
      const isAlone = !this.#sessionsOf(user).some(({ seat }) => !seat.room);
      const token = await tokenOf(user, badge);
      await aMoment();
      const known = !isRefused && isAlone ? this.member(user).comes(holder) : undefined;
      if (!isRefused && !isAlone) this.member(user).mayCome(holder);
      const by = `${user}, who polls,`;
      const position = this.#positionOf(by, since);
      await this.#readAll(
        "/events",
        token,
        { since: position, limit: `${limit}`, client: POLLER },
        (page) => {
          if (typeof page === "number") return this.#checkRefusal(by, page, isRefused ? 401 : undefined);
          if (isRefused) this.witness.blame(`${by} was let in with a credential that was revoked`);
          this.#positions.set(by, page.position);
          return this.#see(by, user, holder.person, undefined, page);
        },
      );
      known?.();
      await this.#readInbox(user, token, holder.person, isRefused);
    });
  }

  member(user: User): Member {
    const member = this.members.get(user);
    if (!member) throw new Error("Every user has a member.");
    return member;
  }

  async #do(command: Command): Promise<void> {
    switch (command.do) {
      case "connect":
        return this.#connect(command.seat, command.badge, command.since);
      case "drop":
        return this.#inTurn(seats[command.seat].user, async () => this.#sessions.get(command.seat)?.leave());
      case "renew":
        return this.#renew(command.seat, command.badge);
      case "say":
        return this.#say(command.user, command.statement);
      case "revoke":
        return this.#revoke(command.user, command.device);
      case "follow":
        return this.#follow(command.seat, command.room, command.since);
      case "poll":
        return this.poll(command.user, command.badge, command.since, command.limit);
      case "pollRoom":
        return this.pollRoom(command.user, command.badge, command.room, command.isBackwards, command.limit);
      case "publish":
        return this.publisher.publish(command.events);
      case "repeat":
        return this.publisher.repeat(command.which);
      case "sleep":
        return this.#sleep(command.object);
      case "age":
        return this.#age();
      case "breathe":
        return scheduler.wait(command.ms);
    }
  }

  async #connect(name: SeatName, badge: Badge, since: Since): Promise<void> {
    const seat: Seat = seats[name];
    const { user, device, room } = seat;
    await this.#inTurn(user, async () => {
      await this.#leave(name);
      const { holder, isRefused } = this.#holderOf(user, badge);
      const isForbidden = room !== undefined && !mayFollow(holder.person, room);
      const token = await tokenOf(user, badge);
      await aMoment();
      const known = isRefused || room ? undefined : this.member(user).comes(holder);
      const path = room ? `/rooms/${encodeURIComponent(room)}/connect` : "/connect";
      const log = room ?? ownChannel(user);
      const ws = await openSocket(path, token, {
        client: device,
        since: this.#positionOf(`${name} ${log}`, since),
      });
      const { ticks, witness } = this;
      const session = new Session(ws, { by: name, seat, badge, as: holder.person, ticks, witness });
      this.#sessions.set(name, session);
      const isGreeted = await session.isGreeted();
      if (isGreeted === (isRefused || isForbidden)) {
        witness.blame(`${name} was ${isGreeted ? "let in" : `refused: ${session.endedFor}`}`);
      }
      if (!isGreeted) return;
      if (known) await this.#untilKnown(holder.person);
      known?.();
      session.is(holder.person);
    });
  }

  async #renew(name: SeatName, badge: Badge): Promise<void> {
    const { user, room }: Seat = seats[name];
    await this.#inTurn(user, async () => {
      const session = this.#sessions.get(name);
      if (!session || session.isOver) return;
      const { holder, isRefused } = this.#holderOf(user, badge);
      const isForbidden = room !== undefined && !mayFollow(holder.person, room);
      const token = await tokenOf(user, badge);
      await aMoment();
      const known = isRefused || room ? undefined : this.member(user).comes(holder);
      session.becomes(holder.person);
      const answer = await session.ask({ type: "auth", token });
      const isOk = answer?.type === "ok";
      if (isOk === isRefused)
        this.witness.blame(`${name} renewed and got ${answer?.type ?? session.endedFor}`);
      if (!isOk) return;
      session.badge = badge;
      if (known) await this.#untilKnown(holder.person);
      known?.();
      await this.#settle(session, holder.person, isForbidden);
    });
  }

  async #say(user: User, statement: Statement): Promise<void> {
    await this.#inTurn(user, async () => {
      const next = this.#sessionsOf(user).map((session) => {
        const person = whoIs(user, session.badge, statement);
        session.becomes(person);
        return { session, holder: { person, isBrief: session.badge.isBrief } };
      });
      const present = next.filter(({ session }) => !session.seat.room).map(({ holder }) => holder);
      await aMoment();
      const said = this.member(user).isSaid(statement, present);
      await operate("PUT", `/users/${encodeURIComponent(user)}/identity`, statement);
      said();
      for (const { session, holder } of next) {
        const { room } = session.seat;
        await this.#settle(session, holder.person, room !== undefined && !mayFollow(holder.person, room));
      }
    });
  }

  /** From now on a session is known as somebody: what was sent before has come. */
  async #settle(session: Session, person: Person, isForbidden: boolean): Promise<void> {
    await session.catchUp();
    if (isForbidden && !session.isOver) this.witness.blame(`${session.by} stayed in ${session.seat.room}`);
    const left = [...session.rooms.keys()].filter((room) => !mayFollow(person, room));
    if (left.length > 0) this.witness.blame(`${session.by} still follows ${left.join()}`);
    session.is(person);
  }

  async #revoke(user: User, device: string | undefined): Promise<void> {
    await this.#inTurn(user, async () => {
      const ended = this.#sessionsOf(user).filter(
        ({ seat }) => device === undefined || seat.device === device,
      );
      const which = device === undefined ? {} : { client: device };
      this.member(user).isRevoked = true;
      const path = `/users/${encodeURIComponent(user)}/disconnect`;
      await operate("POST", path, { ...which, revokeBefore: Date.now() });
      for (const session of ended) await session.until(() => session.isOver, "being put out");
    });
  }

  async #follow(name: SeatName, room: Room, since: Since): Promise<void> {
    // What is under way when this begins is awaited; what comes later goes on beside it.
    await this.#turns.get(seats[name].user)?.catch(() => undefined);
    const session = this.#sessions.get(name);
    if (!session || session.isOver) return;
    const position = this.#positionOf(`${name} ${room}`, since);
    const channels = [{ channel: room, ...(position !== undefined && { since: position }) }];
    await session.ask({ type: "subscribe", channels });
  }

  async pollRoom(user: User, badge: Badge, room: Room, isBackwards: boolean, limit: number): Promise<void> {
    await this.#inTurn(user, async () => {
      const { holder, isRefused } = this.#holderOf(user, badge);
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
        if (isRefused || isForbidden) this.witness.blame(`${by} was let in`);
        return this.#see(by, user, holder.person, room, page);
      });
    });
  }

  async #sleep(object: User | Room | number): Promise<void> {
    if (typeof object === "number") return sleepAll(audienceShard(env, object));
    const room = rooms.find((name) => name === object);
    await sleepAll(room ? roomObject(env, room) : userObject(env, object));
  }

  /** Time passes: what is brief is over, and whoever came with a brief credential is put out. */
  async #age(): Promise<void> {
    turnOn();
    await Promise.all(this.sessions.map((session) => session.catchUp()));
    this.ledger.age();
    for (const user of users) this.member(user).ages();
    await Promise.all([
      ...users.map((user) => runAlarm(userObject(env, user))),
      ...rooms.map((room) => runAlarm(roomObject(env, room))),
    ]);
    for (const session of this.sessions.filter(({ badge }) => badge.isBrief)) {
      await session.until(() => session.isOver, "the end of a brief credential");
    }
  }

  #holderOf(user: User, badge: Badge): { readonly holder: Holder; readonly isRefused: boolean } {
    const { said, isRevoked } = this.member(user);
    const holder = { person: whoIs(user, badge, said), isBrief: badge.isBrief };
    return { holder, isRefused: isRevoked && badge.age === "old" };
  }

  #sessionsOf(user: User): readonly Session[] {
    return this.sessions.filter(({ seat }) => seat.user === user);
  }

  async #leave(name: SeatName): Promise<void> {
    const session = this.#sessions.get(name);
    if (!session) return;
    if (!session.isOver) await session.leave();
    for (const [log, position] of session.positions) this.#positions.set(`${name} ${log}`, position);
  }

  #positionOf(whose: string, since: Since): string | undefined {
    if (since === "none") return undefined;
    const position = since === "start" ? undefined : this.#positions.get(whose);
    return position ? formatPosition(position) : "0.0";
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
      const { now: tick } = this.ticks;
      this.witness.see({ by, ...place, event, isNotice, offset: undefined, tick, isInInbox: true });
    }
  }

  #checkRefusal(by: string, status: number, expected: number | undefined): void {
    if (status !== expected) this.witness.blame(`${by} was answered ${status}, not ${expected ?? 200}`);
  }

  #see(by: string, user: User, person: Person, room: Room | undefined, { events, recovered }: Page): void {
    const tick = this.ticks.now;
    if (!recovered) this.witness.blame(`${by} lost something`);
    for (const frame of events) {
      if (frame.type !== "event") continue;
      const { channel, offset } = frame;
      const sighting = { by, user, device: POLLER, as: [person], room, channel, offset, tick };
      const content = contentOf(frame);
      if (content) this.witness.see({ ...sighting, ...content });
    }
  }

  /** Waits until a user's shard knows of somebody. */
  async #untilKnown(person: Person): Promise<void> {
    const shard = shardOf(person.user, settingsOf(env).AUDIENCE_SHARDS);
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const known = await audienceShard(env, shard).findMember(person.user);
      if (known?.isOnline && known.facets.some((facet) => isSame(facet, person))) return;
      if (performance.now() > deadline) {
        this.witness.blame(`the audience never learnt of ${JSON.stringify(person)}`);
        return;
      }
      await scheduler.wait(2);
    }
  }

  /** What concerns one user's identity happens one after the other, so that it can be told who was known as whom. */
  async #inTurn(user: User, task: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(user) ?? Promise.resolve()).catch(() => undefined).then(task);
    this.#turns.set(user, turn);
    await turn;
  }
}

/** What was published in the very millisecond in which somebody came may be for them: let it be over. */
async function aMoment(): Promise<void> {
  const before = Date.now();
  while (Date.now() === before) await scheduler.wait(1);
}
