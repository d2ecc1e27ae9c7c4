import type { ServerFrame } from "../protocol/frames.ts";
import type { ClientError, ConnectionState, Undo } from "./api.ts";
import { type BackOff, delayBefore } from "./back-off.ts";
import type { Carrier } from "./carrier.ts";
import { asClientError, CarillonClientError } from "./client-error.ts";
import type { Outgoing } from "./frame.ts";
import type { Ending, Line, LineEvents } from "./line.ts";
import type { Credentials, Lines } from "./lines.ts";
import type { Platform, Timer } from "./platform.ts";
import { SLEEP } from "./socket-line.ts";
import type { Token, TokenSource } from "./token-source.ts";
import { isOffline, onWake } from "./wake.ts";

/** So many attempts that were given up may be on their way at most: who is replaced more often is so by somebody else. */
const MAX_STRAYS = 5;
/** After so many sockets in a row that were not even greeted the client polls. */
const HOPELESS = 3;

export interface ConnectionOptions extends BackOff {
  readonly maxAttempts: number;
  /** Whether to poll where no socket can be opened. */
  readonly polling: boolean;
  readonly platform: Platform;
  readonly tokens: TokenSource;
  readonly lines: Lines;
  state(state: ConnectionState): void;
  frame(frame: ServerFrame): void;
  /** Whether the application takes who is greeted for who is here. */
  isExpected(user: string): boolean;
  /** Something failed that no promise tells of. */
  error(error: ClientError): void;
  roundTrip(ms: number): void;
}

/** What a line is: a socket, or polling in its place, and then the next try of a socket beside it. */
type Way =
  | { readonly over: "websocket"; readonly line: Line }
  | { readonly over: "polling"; readonly line: Line; trial: Trial };
type Trial = { readonly timer: Timer } | { readonly line: Line } | undefined;

/** What is going on. Each phase has what it needs, and nothing is left of it in the next. */
type Phase =
  | { readonly kind: "idle" }
  | { readonly kind: "waiting"; readonly timer: Timer; readonly until: number }
  | { readonly kind: "preparing" }
  | { readonly kind: "opening"; readonly way: Way }
  | { readonly kind: "open"; readonly way: Way };

/** Holds a line to the service: opens one, and another when it has ended, until told to stop or by a reason for good. */
export class Connection implements Carrier {
  readonly #options: ConnectionOptions;
  #phase: Phase = { kind: "idle" };
  #state: ConnectionState = { status: "disconnected", reason: "closed", attempt: 0 };
  /** Attempts since the last greeting. */
  #attempt = 0;
  /** Sockets in a row that were not greeted. */
  #hopeless = 0;
  /**
   * Sockets that were not greeted, given up or not. The service may greet each of them late, when nobody is there any
   * more, and it then takes the place of the one that is. The first is the page's before it was loaded again.
   */
  #strays = 1;
  /** By what the session was last renewed. */
  #renewedBy: Token | undefined;
  /** Whether the last token was refused, so that another one refused at once is no reason to hurry. */
  #isTokenRefused = false;
  #stopListening: Undo = () => undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  connect(): void {
    if (this.#phase.kind !== "idle") return;
    this.#attempt = 0;
    this.#stopListening();
    this.#stopListening = onWake(() => this.retry());
    void this.#try();
  }

  /** Tries at once if it waits for the next attempt, begins anew if it has given up, and looks whether an open line lives. */
  retry(): void {
    const phase = this.#phase;
    if (phase.kind === "idle") this.connect();
    else if (phase.kind === "waiting") void this.#try();
    else if (phase.kind === "open") {
      phase.way.line.probe();
      if (phase.way.over === "polling") void this.#tryAside(phase.way);
    }
  }

  close(): void {
    this.#stop("closed");
  }

  send(frame: Outgoing): void {
    if (this.#phase.kind === "open") this.#phase.way.line.send(frame);
  }

  #stop(reason: string): void {
    this.#leave();
    this.#stopListening();
    this.#show({ status: "disconnected", reason, attempt: this.#attempt });
  }

  async #try(): Promise<void> {
    const { tokens, platform } = this.#options;
    const before = this.#leave();
    // A timer that is late by so much means that the device slept: the token may have ended, whatever is known of it.
    if (before.kind === "waiting" && platform.now() > before.until + SLEEP) tokens.forget();
    this.#attempt += 1;
    this.#show({ status: "connecting", attempt: this.#attempt });
    await this.#open("websocket");
  }

  async #open(over: Way["over"]): Promise<void> {
    const { lines, platform, error } = this.#options;
    const phase: Phase = { kind: "preparing" };
    this.#phase = phase;
    try {
      const credentials = await lines.prepare();
      if (this.#phase !== phase) return;
      if (over === "polling") this.#openPolling(credentials);
      else this.#phase = { kind: "opening", way: this.#socket(credentials, (ending) => this.#ended(ending)) };
    } catch (thrown) {
      if (this.#phase !== phase) return;
      const failure = asClientError(thrown, "disconnected", true);
      if (failure.code !== "token") this.#hopeless += 1;
      // Where there are no WebSockets it polls, and nothing is wrong.
      if (failure.code === "token" || platform.WebSocket) error(failure);
      this.#later(failure.code === "token" ? "token" : "network", over);
    }
  }

  #openPolling(credentials: Credentials): void {
    const { lines } = this.#options;
    const line = lines.polling(credentials, {
      frame: (frame) => this.#take(way, frame),
      ended: (ending) => this.#ended(ending),
    });
    const way: Way = { over: "polling", line, trial: undefined };
    this.#phase = { kind: "opening", way };
    this.#planTrial(way);
  }

  #socket(credentials: Credentials, ended: LineEvents["ended"]): Way {
    const { lines, tokens, roundTrip } = this.#options;
    const way: Way = {
      over: "websocket",
      line: lines.socket(credentials, {
        frame: (frame) => this.#take(way, frame),
        ended,
        slept: () => tokens.forget(),
        roundTrip,
      }),
    };
    this.#strays += 1;
    return way;
  }

  /** While it polls a socket is tried again and again beside it. */
  #planTrial(way: Way & { readonly over: "polling" }): void {
    const { platform, maxDelay } = this.#options;
    const delay = maxDelay * (0.5 + platform.random() / 2);
    const timer = platform.setTimeout(() => void this.#tryAside(way), delay);
    way.trial = { timer };
  }

  async #tryAside(way: Way & { readonly over: "polling" }): Promise<void> {
    const { lines, platform } = this.#options;
    const { trial } = way;
    if (trial && "timer" in trial) platform.clearTimeout(trial.timer);
    // Another one is under way.
    else return;
    way.trial = undefined;
    const isHere = () => "way" in this.#phase && this.#phase.way === way;
    try {
      const credentials = await lines.prepare();
      if (!isHere()) return;
      const ended = (ending: Ending) => (isHere() ? this.#planTrial(way) : this.#ended(ending));
      const { line } = this.#socket(credentials, ended);
      way.trial = { line };
    } catch {
      if (isHere()) this.#planTrial(way);
    }
  }

  #take(way: Way, frame: ServerFrame): void {
    const { tokens, platform, isExpected, error } = this.#options;
    if (frame.type === "welcome") {
      if (!isExpected(frame.user)) {
        error(new CarillonClientError("token", "The token is not of the user who is signed in.", true));
        this.#ended({ verdict: "renew", reason: "token" });
        return;
      }
      this.#greeted(way);
      if (way.over === "websocket") tokens.learn(frame.expiresAt);
      const { user, roles } = frame;
      this.#show({ status: "connected", over: way.over, user, roles, since: platform.now() });
    } else if (frame.type === "expiring") {
      void this.#renew();
    }
    this.#options.frame(frame);
  }

  #greeted(way: Way): void {
    const before = this.#phase;
    if ((before.kind === "opening" || before.kind === "open") && before.way !== way) {
      // The socket that was tried beside polling takes its place, though that may not have begun yet.
      before.way.line.close();
    }
    this.#phase = { kind: "open", way };
    this.#attempt = 0;
    this.#isTokenRefused = false;
    if (way.over === "websocket") {
      this.#hopeless = 0;
      this.#strays -= 1;
    }
  }

  /** Goes on with a newer token, where it is. Without one the session ends, and the service says so. */
  async #renew(): Promise<void> {
    const { tokens, error } = this.#options;
    const phase = this.#phase;
    tokens.forget();
    try {
      const token = await tokens.get();
      const { token: last, expiresAt = 0 } = this.#renewedBy ?? {};
      if (!token || this.#phase !== phase || token.token === last) return;
      // Where one ends as soon as the last the service would ask for another at once.
      if (token.expiresAt !== undefined && token.expiresAt <= expiresAt) return;
      this.#renewedBy = token;
      this.send({ type: "auth", token: token.token });
    } catch (thrown) {
      error(asClientError(thrown, "token", true));
    }
  }

  #ended({ verdict, reason }: Ending): void {
    const { tokens } = this.#options;
    const phase = this.#leave();
    const over = phase.kind === "opening" || phase.kind === "open" ? phase.way.over : "websocket";
    if (phase.kind === "opening") {
      if (reason === "network" || reason === "timeout") this.#hopeless += 1;
      // It was refused, and is not on its way any more.
      else if (over === "websocket") this.#strays -= 1;
    }
    if (verdict === "renew") tokens.forget();
    // Perhaps what took over is an attempt of our own, given up and overtaken by its successor: nobody is there.
    const isOwn = reason === "replaced" && this.#strays > 0;
    if (isOwn) this.#strays = Math.min(this.#strays, MAX_STRAYS) - 1;
    const mayRenew = verdict === "renew" && tokens.isThere;
    const isFirst = mayRenew && !this.#isTokenRefused;
    if (mayRenew) this.#isTokenRefused = true;
    // What says `now` before it greets is not let say it over and over.
    if (isOwn || isFirst || (verdict === "now" && phase.kind === "open")) void this.#try();
    else if (mayRenew || verdict === "now" || verdict === "later") this.#later(reason, over);
    else this.#stop(reason);
  }

  /** @param over what has failed. */
  #later(reason: string, over: Way["over"]): void {
    const { maxAttempts, polling, platform } = this.#options;
    const attempt = this.#attempt;
    const isHopeless = reason === "disabled" || this.#hopeless >= HOPELESS;
    if (polling && isHopeless && over === "websocket") {
      this.#show({ status: "connecting", attempt });
      void this.#open("polling");
      return;
    }
    if (attempt >= maxAttempts) {
      this.#stop("exhausted");
      return;
    }
    const until = platform.now() + delayBefore(attempt + 1, this.#options, platform.random());
    const timer = platform.setTimeout(() => void this.#try(), until - platform.now());
    this.#phase = { kind: "waiting", timer, until };
    const told = reason === "network" && isOffline() ? "offline" : reason;
    this.#show({ status: "disconnected", reason: told, retryAt: until, attempt });
  }

  /** Lets go of whatever is going on. @returns what that was. */
  #leave(): Phase {
    const { platform } = this.#options;
    const phase = this.#phase;
    this.#phase = { kind: "idle" };
    if (phase.kind === "waiting") platform.clearTimeout(phase.timer);
    if (phase.kind !== "opening" && phase.kind !== "open") return phase;
    const { way } = phase;
    way.line.close();
    if (way.over === "polling" && way.trial) {
      if ("timer" in way.trial) platform.clearTimeout(way.trial.timer);
      else way.trial.line.close();
    }
    return phase;
  }

  #show(state: ConnectionState): void {
    this.#state = state;
    this.#options.state(state);
  }
}
