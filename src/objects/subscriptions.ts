import { findChannel, findRoomFor, mayFollow, maySee } from "../channels/access.ts";
import { CarillonError } from "../protocol/errors.ts";
import type { Ref } from "../protocol/frames.ts";
import type { Position } from "../protocol/position.ts";
import type { Connection } from "./connections.ts";
import type { FollowedRooms } from "./followed-rooms.ts";
import type { FrameRequest } from "./frame-answers.ts";
import type { Hub } from "./hub.ts";

/** What a user's sockets ask to follow: rooms, and channels that they follow always. */
export class Subscriptions {
  readonly #hub: Hub;
  readonly #rooms: FollowedRooms;

  constructor(hub: Hub, rooms: FollowedRooms) {
    this.#hub = hub;
    this.#rooms = rooms;
  }

  /** Answers a request, for each of its channels apart. */
  async answer(
    connection: Connection,
    request: Extract<FrameRequest, { type: "subscribe" | "unsubscribe" }>,
  ): Promise<void> {
    const { ref } = request;
    const answerOne = async (channel: string, since: Position | undefined) => {
      try {
        if (request.type === "subscribe") await this.#subscribe(connection, ref, channel, since);
        else await this.#unsubscribe(connection, ref, channel);
      } catch (error) {
        this.#hub.answers.refuse(connection, ref, error, channel);
      }
    };
    await Promise.all(
      request.channels.map((one) =>
        typeof one === "string" ? answerOne(one, undefined) : answerOne(one.channel, one.since),
      ),
    );
  }

  /** Leaves, at once, the rooms that the connection's identity may not follow (any more). */
  async review(connection: Connection): Promise<void> {
    const { identity, rooms } = connection.attachment;
    const lost = Object.keys(rooms).filter((room) => !maySee(identity, room));
    await Promise.all(
      lost.map((room) => {
        const leaving = this.#rooms.unsubscribe(connection, room);
        this.#hub.answerUnsubscribed(connection, undefined, room, "forbidden");
        return leaving;
      }),
    );
  }

  async #subscribe(
    connection: Connection,
    ref: Ref | undefined,
    name: string,
    since: Position | undefined,
  ): Promise<void> {
    const { identity } = connection.attachment;
    const channel = findChannel(name);
    if (channel.rule.kind !== "room" && mayFollow(identity, channel)) {
      return this.#hub.followers.subscribe(connection, ref, channel.name, since);
    }
    const room = findRoomFor(identity, name);
    await this.#rooms.subscribe(connection, room.name, ref, since);
  }

  async #unsubscribe(connection: Connection, ref: Ref | undefined, name: string): Promise<void> {
    const channel = findChannel(name);
    if (channel.rule.kind !== "room") {
      throw new CarillonError("forbidden", "This channel is always followed.");
    }
    const leaving = this.#rooms.unsubscribe(connection, channel.name);
    this.#hub.answerUnsubscribed(connection, ref, channel.name, "requested");
    await leaving;
  }
}
