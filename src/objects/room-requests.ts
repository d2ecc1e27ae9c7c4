import { checkClientPublish, checkState } from "../channels/client-publish.ts";
import { encode } from "../protocol/codec.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type ClientSaying, checkRoomAnswer, type RoomAnswer, type Sender } from "./client-events.ts";
import type { Connection } from "./connections.ts";
import type { FrameRequest } from "./frame-answers.ts";

/** How what a client says in a room comes there. */
export interface RoomRequestsOptions {
  readonly maxStateBytes: number;
  readonly publish: (room: string, sender: Sender, saying: ClientSaying) => Promise<RoomAnswer>;
  readonly setState: (room: string, user: string, state: string | undefined) => Promise<RoomAnswer>;
}

/** What clients say in rooms: events, and the state in which the others see them. */
export class RoomRequests {
  readonly #options: RoomRequestsOptions;
  readonly #last = new WeakMap<Connection, Promise<unknown>>();

  constructor(options: RoomRequestsOptions) {
    this.#options = options;
  }

  /**
   * Answers a frame.
   *
   * @throws {CarillonError} where the rule does not allow it, or the room cannot be reached.
   */
  async answer(
    connection: Connection,
    request: Extract<FrameRequest, { type: "publish" | "presence" }>,
  ): Promise<void> {
    // In the order of the frames: who stops typing must not be overtaken by having begun.
    const before = this.#last.get(connection);
    const answer = (async () => {
      await before?.catch(() => undefined);
      return this.#say(connection, request);
    })();
    this.#last.set(connection, answer);
    checkRoomAnswer(await answer);
    connection.send(encode({ type: "ok", ref: request.ref }));
  }

  async #say(
    { attachment: { identity, client } }: Connection,
    request: Extract<FrameRequest, { type: "publish" | "presence" }>,
  ): Promise<RoomAnswer> {
    const { publish, setState, maxStateBytes } = this.#options;
    const user = identity.userId;
    if (request.type === "presence") {
      const { room, state } = checkState(identity, request, maxStateBytes);
      return reached(setState(room, user, state));
    }
    const { room, ...saying } = checkClientPublish(identity, request);
    return reached(publish(room, { user, client }, saying));
  }
}

async function reached(answer: Promise<RoomAnswer>): Promise<RoomAnswer> {
  try {
    return await answer;
  } catch {
    throw new CarillonError("unavailable", "The room could not be reached in time.");
  }
}
