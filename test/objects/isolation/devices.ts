import { env } from "cloudflare:workers";
import { settingsOf } from "../../../src/config/settings.ts";
import { shardOf } from "../../../src/objects/audience-door.ts";
import { audienceShard } from "../../../src/objects/env.ts";
import { ownChannel } from "./announcement.ts";
import { type Room, type Seat, type SeatName, seats } from "./cast.ts";
import type { Since } from "./command.ts";
import { openSocket } from "./http.ts";
import { type Badge, isSame, type Person } from "./person.ts";
import { aMoment, type Scene } from "./scene.ts";
import { Session } from "./session.ts";
import { tokenOf } from "./token.ts";
import { mayFollow } from "./who-may.ts";

/** How long (ms) the audience may take to learn of a connection. */
const PATIENCE = 30_000;

/** The devices: they connect, follow rooms and renew their credentials. */
export class Devices {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Connects, in place of what was connected there, and waits until the audience knows of it. */
  async connect(name: SeatName, badge: Badge, since: Since): Promise<void> {
    const seat: Seat = seats[name];
    const { user, device, room } = seat;
    await this.#scene.inTurn(user, async () => {
      await this.#leave(name);
      const { holder, isRefused } = this.#scene.holderOf(user, badge);
      const isForbidden = room !== undefined && !mayFollow(holder.person, room);
      const token = await tokenOf(user, badge);
      await aMoment();
      const known = isRefused || room ? undefined : this.#scene.member(user).comes(holder);
      const path = room ? `/rooms/${encodeURIComponent(room)}/connect` : "/connect";
      const log = room ?? ownChannel(user);
      const ws = await openSocket(path, token, {
        client: device,
        since: this.#scene.positionOf(`${name} ${log}`, since),
      });
      const { ticks, witness } = this.#scene;
      const session = new Session(ws, { by: name, seat, badge, as: holder.person, ticks, witness });
      this.#scene.sessions.set(name, session);
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

  /** Disconnects. */
  async drop(name: SeatName): Promise<void> {
    await this.#scene.inTurn(seats[name].user, () => this.#leave(name));
  }

  /** Goes on with another credential of the same user. */
  async renew(name: SeatName, badge: Badge): Promise<void> {
    const { user, room }: Seat = seats[name];
    await this.#scene.inTurn(user, async () => {
      const session = this.#scene.sessions.get(name);
      if (!session || session.isOver) return;
      const { holder, isRefused } = this.#scene.holderOf(user, badge);
      const token = await tokenOf(user, badge);
      await aMoment();
      const known = isRefused || room ? undefined : this.#scene.member(user).comes(holder);
      session.becomes(holder.person);
      const answer = await session.ask({ type: "auth", token });
      const isOk = answer?.type === "ok";
      if (isOk === isRefused) {
        this.#scene.witness.blame(`${name} renewed and got ${answer?.type ?? session.endedFor}`);
      }
      if (!isOk) return;
      session.badge = badge;
      if (known) await this.#untilKnown(holder.person);
      known?.();
      await session.settles(holder.person);
    });
  }

  /** Asks to follow a room. */
  async follow(name: SeatName, room: Room, since: Since): Promise<void> {
    // What is under way when this begins is awaited; what comes later goes on beside it.
    await this.#scene.turnOf(seats[name].user);
    const session = this.#scene.sessions.get(name);
    if (!session || session.isOver) return;
    const position = this.#scene.positionOf(`${name} ${room}`, since);
    const channels = [{ channel: room, ...(position !== undefined && { since: position }) }];
    await session.ask({ type: "subscribe", channels });
  }

  async #leave(name: SeatName): Promise<void> {
    const session = this.#scene.sessions.get(name);
    if (!session) return;
    if (!session.isOver) await session.leave();
    for (const [log, position] of session.positions) this.#scene.positions.set(`${name} ${log}`, position);
  }

  /** Waits until a user's shard knows of somebody. */
  async #untilKnown(person: Person): Promise<void> {
    const shard = shardOf(person.user, settingsOf(env).AUDIENCE_SHARDS);
    const deadline = performance.now() + PATIENCE;
    for (;;) {
      const known = await audienceShard(env, shard).findMember(person.user);
      if (known?.isOnline && known.facets.some((facet) => isSame(facet, person))) return;
      if (performance.now() > deadline) {
        this.#scene.witness.blame(`the audience never learnt of ${JSON.stringify(person)}`);
        return;
      }
      await scheduler.wait(2);
    }
  }
}
