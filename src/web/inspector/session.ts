import { formatPosition } from "../../protocol/position.ts";
import { Connection } from "./connection.ts";
import { type Frame, isType } from "./frame.ts";
import { numberAt, textAt, textsAt } from "./json.ts";
import { Positions, type Step } from "./positions.ts";
import type { TokenAnswer } from "./token.ts";
import type { Ending } from "./verdict.ts";

export type SessionState =
  | { readonly kind: "idle" }
  /** A token is being fetched. */
  | { readonly kind: "asking" }
  /** The socket is opening, or open without a welcome yet. */
  | { readonly kind: "connecting"; readonly connection: Connection }
  | {
      readonly kind: "connected";
      readonly connection: Connection;
      readonly user: string;
      /** ms since 1970. */
      readonly expiresAt: number | undefined;
    }
  /** The service hands out no tokens. */
  | { readonly kind: "tokenless" }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "ended"; readonly ending: Ending };

/** What the session tells the page. */
export interface SessionEvents {
  changed(state: SessionState): void;
  frame(direction: "received" | "sent", frame: Frame, step: Step): void;
  /** Positions or followed channels may have changed. */
  moved(): void;
  heartbeat(roundTrip: number | undefined): void;
}

/** One connection after the other, and what is remembered between them: the positions, for a resume. */
export class Session {
  readonly positions = new Positions();
  readonly #client: string;
  readonly #events: SessionEvents;
  #state: SessionState = { kind: "idle" };
  #followed: readonly string[] = [];
  #attempt = 0;
  #ref = 0;
  /** The `ref` with which rooms were followed again. */
  #resumed: number | undefined;

  constructor(client: string, events: SessionEvents) {
    this.#client = client;
    this.#events = events;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The channels that the last welcome named: followed from the start, always. */
  get alwaysFollowed(): readonly string[] {
    return this.#followed;
  }

  /** Begins anew at the top of the logs: nothing is replayed, no room is followed. */
  async connect(token: () => Promise<TokenAnswer>): Promise<void> {
    this.positions.forget();
    this.#followed = [];
    this.#events.moved();
    await this.#open(token);
  }

  /** Connects from the remembered position, and follows the rooms again from theirs. */
  async resume(token: () => Promise<TokenAnswer>): Promise<void> {
    await this.#open(token);
  }

  disconnect(): void {
    this.#attempt++;
    const { state } = this;
    if (state.kind === "connecting" || state.kind === "connected") state.connection.close();
    else if (state.kind === "asking") this.#change({ kind: "idle" });
  }

  follow(room: string): void {
    if (this.#state.kind !== "connected") return;
    this.#state.connection.send({ type: "subscribe", ref: ++this.#ref, channels: [room] });
  }

  leave(room: string): void {
    if (this.#state.kind !== "connected") return;
    this.#state.connection.send({ type: "unsubscribe", ref: ++this.#ref, channels: [room] });
  }

  async #open(token: () => Promise<TokenAnswer>): Promise<void> {
    this.disconnect();
    const attempt = ++this.#attempt;
    this.#change({ kind: "asking" });
    const answer = await token();
    // Meanwhile the person may have pressed Disconnect, or Connect once more.
    if (attempt !== this.#attempt) return;
    if (answer.kind === "absent") return this.#change({ kind: "tokenless" });
    if (answer.kind === "refused") return this.#change(answer);
    const target = { token: answer.token, client: this.#client, since: this.positions.own };
    const connection = new Connection(target, {
      received: (frame) => this.#received(connection, frame),
      sent: (frame) => this.#events.frame("sent", frame, "none"),
      heartbeat: (roundTrip) => this.#events.heartbeat(roundTrip),
      ended: (ending) => this.#change({ kind: "ended", ending }),
    });
    this.#change({ kind: "connecting", connection });
  }

  #received(connection: Connection, frame: Frame): void {
    const step = this.positions.apply(frame);
    this.#events.frame("received", frame, step);
    if (isType(frame, "welcome")) this.#welcomed(connection, frame);
    // A room that may not be followed any more.
    if (isType(frame, "error") && this.#resumed !== undefined && frame.fields.ref === this.#resumed) {
      this.positions.leave(textAt(frame.fields, "channel") ?? "");
    }
    this.#events.moved();
  }

  #welcomed(connection: Connection, { fields }: Frame): void {
    this.#followed = textsAt(fields, "channels");
    this.#change({
      kind: "connected",
      connection,
      user: textAt(fields, "user") ?? "",
      expiresAt: numberAt(fields, "expiresAt"),
    });
    const rooms = [...this.positions.rooms];
    if (rooms.length === 0) return;
    this.#resumed = ++this.#ref;
    connection.send({
      type: "subscribe",
      ref: this.#resumed,
      channels: rooms.map(([channel, position]) => ({ channel, since: formatPosition(position) })),
    });
  }

  #change(state: SessionState): void {
    this.#state = state;
    this.#events.changed(state);
  }
}
