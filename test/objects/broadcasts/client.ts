import { env, exports } from "cloudflare:workers";
import { issueDevToken } from "../../../src/auth/dev-token.ts";
import { settingsOf } from "../../../src/config/settings.ts";
import { closeReasons } from "../../../src/protocol/close-codes.ts";
import { type ServerFrame, type ServerFrameOf, serverFrame } from "../../../src/protocol/frames.ts";
import { formatPosition, type Position } from "../../../src/protocol/position.ts";
import { LogState } from "../interleavings/log-state.ts";
import { ORIGIN } from "../listener.ts";
import { rolesOf, type Seat, type SeatName, seats } from "./cast.ts";
import type { Since } from "./command.ts";
import { placeOf } from "./ledger.ts";
import type { Names } from "./names.ts";
import type { Witness } from "./witness.ts";

/** One connection: the position in it, once it was greeted. */
interface Session {
  readonly ws: WebSocket;
  readonly asked: Position | undefined;
  log: LogState | undefined;
  isOver: boolean;
}

const START: Position = { epoch: "0", offset: 0 };

/** A device with the reference client on it, which comes again by itself and blames the server for a hole (rule F5). */
export class Client {
  readonly name: SeatName;
  readonly seat: Seat;
  readonly #names: Names;
  readonly #witness: Witness;
  #session: Session | undefined;
  #remembered: Position | undefined;
  #opening = 0;
  /** Whether it comes again by itself. */
  #isUp = false;

  constructor(name: SeatName, names: Names, witness: Witness) {
    this.name = name;
    this.seat = seats[name];
    this.#names = names;
    this.#witness = witness;
  }

  /** Whether nothing is under way: it was greeted, or stays away. */
  get isCalm(): boolean {
    if (this.#opening > 0) return false;
    return this.isThere || !this.#isUp;
  }

  get isThere(): boolean {
    return this.#session?.isOver === false && this.#session.log !== undefined;
  }

  /** How far it has come. */
  get offset(): number {
    return this.#session?.log?.position.offset ?? 0;
  }

  async connect(since: Since): Promise<void> {
    this.#isUp = true;
    this.#opening += 1;
    try {
      const token = await this.#token();
      this.#remember();
      if (since !== "remembered") this.#remembered = since === "start" ? START : undefined;
      await this.#open(token);
    } finally {
      this.#opening -= 1;
    }
  }

  drop(): void {
    this.#isUp = false;
    this.#remember();
    this.#leave();
  }

  async #open(token: string): Promise<void> {
    const url = new URL("/connect", ORIGIN);
    const asked = this.#remembered;
    url.searchParams.set("client", this.seat.device);
    if (asked) url.searchParams.set("since", formatPosition(asked));
    const response = await exports.default.fetch(url, {
      headers: { Upgrade: "websocket", Authorization: `Bearer ${token}` },
    });
    const ws = response.webSocket;
    if (!ws) throw new Error(`No WebSocket: ${response.status} ${await response.text()}`);
    // Of two connections of one device only the newer counts, as the server sees it too (C4).
    this.#remember();
    this.#leave();
    const session: Session = { ws, asked, log: undefined, isOver: false };
    this.#session = session;
    ws.addEventListener("message", ({ data }) => {
      if (this.#session !== session || session.isOver) return;
      const parsed: unknown = JSON.parse(String(data));
      for (const frame of Array.isArray(parsed) ? parsed : [parsed])
        this.#take(session, serverFrame.parse(frame));
    });
    ws.addEventListener("close", () => this.#end(session, "now"));
    ws.accept();
  }

  #take(session: Session, frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome": {
        const { position, recovered } = frame;
        const { asked } = session;
        const isAsWished = !asked || formatPosition(asked) === formatPosition(position);
        if (!recovered || !isAsWished) this.#blame(`asked ${describe(asked)} and got ${describe(position)}`);
        session.log = new LogState(position, true);
        break;
      }
      case "event":
        this.#see(session, frame);
        break;
      case "skip":
        this.#blame(`a skip to ${frame.upTo}, though everything there is for them`);
        break;
      case "subscribed":
        this.#blame(`something was given up, up to ${describe(frame.position)} (R6)`);
        break;
      case "close":
        this.#end(session, closeReasons[frame.reason].reconnect);
    }
  }

  #see({ log }: Session, { offset, id, channel, event }: ServerFrameOf<"event">): void {
    // It goes along with a notification, and no log keeps it.
    if (event === "unread:count") return;
    if (offset === undefined || !log) {
      this.#blame(`${id} came without an offset, or without a greeting`);
      return;
    }
    const { position } = log;
    if (log.takeEvent(offset) === "hole") {
      this.#blame(`a hole between ${describe(position)} and ${id} at ${offset}`);
    }
    const { user } = this.seat;
    this.#witness.see({ by: this.name, user, offset, place: placeOf({ id, channel, event }) });
  }

  #end(session: Session, reconnect: "now" | "later" | "renew" | "never"): void {
    if (this.#session !== session || session.isOver) return;
    session.isOver = true;
    session.ws.close(1000, "bye");
    if (reconnect === "never") this.#isUp = false;
    if (!this.#isUp || this.#opening > 0) return;
    void this.#comeAgain(reconnect === "later" ? 20 : 0);
  }

  async #comeAgain(delay: number): Promise<void> {
    this.#opening += 1;
    try {
      await scheduler.wait(delay);
      if (this.#isUp) await this.connect("remembered");
    } catch (error) {
      this.#blame(`could not come again: ${String(error)}`);
    } finally {
      this.#opening -= 1;
    }
  }

  #leave(): void {
    if (!this.#session) return;
    this.#session.isOver = true;
    this.#session.ws.close(1000, "bye");
  }

  #remember(): void {
    this.#remembered = this.#session?.log?.position ?? this.#remembered;
  }

  async #token(): Promise<string> {
    const { user } = this.seat;
    const roles = rolesOf[user].map((role) => this.#names.role(role));
    const request = { userId: this.#names.user(user), roles };
    return (await issueDevToken(request, settingsOf(env), Date.now())).token;
  }

  #blame(fault: string): void {
    this.#witness.blame(`${this.name}: ${fault}`);
  }
}

function describe(position: Position | undefined): string {
  return position ? formatPosition(position) : "nothing";
}
