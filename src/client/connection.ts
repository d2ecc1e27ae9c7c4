import type { ServerFrame } from "../protocol/frames.ts";
import type { Address } from "./address.ts";
import type { ClientError, ConnectionState, Undo } from "./api.ts";
import { type BackOff, delayBefore } from "./back-off.ts";
import { asClientError } from "./client-error.ts";
import type { Outgoing } from "./frame.ts";
import type { Ending, Line } from "./line.ts";
import type { Platform, Timer } from "./platform.ts";
import { SLEEP, SocketLine } from "./socket-line.ts";
import type { Token, TokenSource } from "./token-source.ts";
import { isOffline, onWake } from "./wake.ts";

/** How long an attempt that was given up may still be on its way, in ms. */
const STRAGGLING = 30_000;

export interface ConnectionOptions extends BackOff {
  readonly maxAttempts: number;
  readonly platform: Platform;
  readonly tokens: TokenSource;
  /** Where the service is, perhaps as a ticket said it. */
  address(ticketUrl: string | undefined): Address;
  /** The device, once it is sure that nobody else is it. */
  client(): Promise<string>;
  /** How far the client has come in the user's log. */
  since(): string | undefined;
  state(state: ConnectionState): void;
  exhausted(attempts: number): void;
  frame(frame: ServerFrame): void;
  /** Something failed that no promise tells of. */
  error(error: ClientError): void;
  roundTrip(ms: number): void;
}

/** What is going on. Each phase has what it needs, and nothing is left of it in the next. */
type Phase =
  | { readonly kind: "idle" }
  | { readonly kind: "waiting"; readonly timer: Timer; readonly until: number }
  | { readonly kind: "asking" }
  | { readonly kind: "opening"; readonly line: Line }
  | { readonly kind: "open"; readonly line: Line };

/** Holds a line to the service: opens one, and another when it has ended, until told to stop or by a reason for good. */
export class Connection {
  readonly #options: ConnectionOptions;
  #phase: Phase = { kind: "idle" };
  #state: ConnectionState = { status: "disconnected", reason: "closed", attempt: 0 };
  /** Attempts since the last greeting. */
  #attempt = 0;
  /** When an attempt was last given up before it was greeted. */
  #gaveUpAt = Number.NEGATIVE_INFINITY;
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
    this.#stopListening = onWake(() => this.#woken());
    void this.#try();
  }

  /** Tries at once if it waits for the next attempt, and begins anew if it has given up. */
  retry(): void {
    if (this.#phase.kind === "idle") this.connect();
    else if (this.#phase.kind === "waiting") void this.#try();
  }

  close(): void {
    this.#stop("closed");
  }

  send(frame: Outgoing): void {
    if (this.#phase.kind === "open") this.#phase.line.send(frame);
  }

  #stop(reason: string): void {
    this.#leave();
    this.#stopListening();
    this.#show({ status: "disconnected", reason, attempt: this.#attempt });
  }

  #woken(): void {
    if (this.#phase.kind === "waiting") void this.#try();
    else if (this.#phase.kind === "open") this.#phase.line.probe();
  }

  async #try(): Promise<void> {
    const { tokens, platform, client, error } = this.#options;
    const before = this.#leave();
    // A timer that is late by so much means that the device slept: the token may have ended, whatever is known of it.
    if (before.kind === "waiting" && platform.now() > before.until + SLEEP) tokens.forget();
    this.#attempt += 1;
    const phase: Phase = { kind: "asking" };
    this.#phase = phase;
    this.#show({ status: "connecting", attempt: this.#attempt });
    try {
      const [device, token] = await Promise.all([client(), tokens.get()]);
      if (this.#phase === phase) this.#open(device, token);
    } catch (thrown) {
      if (this.#phase !== phase) return;
      error(asClientError(thrown, "token", true));
      this.#later("token");
    }
  }

  #open(device: string, token: Token | undefined): void {
    const { platform, address, since, tokens, roundTrip } = this.#options;
    const url = address(token?.url).socket("connect", { client: device, since: since() });
    try {
      const line: Line = new SocketLine(
        { url, token: token?.token, platform },
        {
          frame: (frame) => this.#take(line, frame),
          ended: (ending) => this.#ended(ending),
          slept: () => tokens.forget(),
          roundTrip,
        },
      );
      this.#phase = { kind: "opening", line };
    } catch {
      this.#later("network");
    }
  }

  #take(line: Line, frame: ServerFrame): void {
    const { tokens, platform } = this.#options;
    if (frame.type === "welcome") {
      this.#phase = { kind: "open", line };
      this.#attempt = 0;
      this.#isTokenRefused = false;
      tokens.learn(frame.expiresAt);
      const { user, roles } = frame;
      this.#show({ status: "connected", over: "websocket", user, roles, since: platform.now() });
    } else if (frame.type === "expiring") {
      void this.#renew();
    }
    this.#options.frame(frame);
  }

  /** Goes on with a newer token, where it is. Without one the session ends, and the service says so. */
  async #renew(): Promise<void> {
    const { tokens, error } = this.#options;
    const phase = this.#phase;
    tokens.forget();
    try {
      const token = await tokens.get();
      if (token && this.#phase === phase) this.send({ type: "auth", token: token.token });
    } catch (thrown) {
      error(asClientError(thrown, "token", true));
    }
  }

  #ended({ verdict, reason }: Ending): void {
    const { tokens, platform } = this.#options;
    const { kind } = this.#leave();
    if (verdict === "renew") tokens.forget();
    // Perhaps what took over is an attempt of our own, given up and overtaken by its successor: nobody is there.
    const isOwn = reason === "replaced" && platform.now() - this.#gaveUpAt < STRAGGLING;
    const mayRenew = verdict === "renew" && tokens.isThere;
    const isFirst = mayRenew && !this.#isTokenRefused;
    if (mayRenew) this.#isTokenRefused = true;
    // What says `now` before it greets is not let say it over and over.
    if (isOwn || isFirst || (verdict === "now" && kind === "open")) void this.#try();
    else if (mayRenew || verdict === "now" || verdict === "later") this.#later(reason);
    else this.#stop(reason);
  }

  #later(reason: string): void {
    const { maxAttempts, platform, exhausted } = this.#options;
    const attempt = this.#attempt;
    if (attempt >= maxAttempts) {
      this.#stop("exhausted");
      exhausted(attempt);
      return;
    }
    const until = platform.now() + delayBefore(attempt + 1, this.#options, platform.random());
    this.#wait(until);
    const told = reason === "network" && isOffline() ? "offline" : reason;
    this.#show({ status: "disconnected", reason: told, retryAt: until, attempt });
  }

  #wait(until: number): void {
    const { platform } = this.#options;
    const timer = platform.setTimeout(() => void this.#try(), until - platform.now());
    this.#phase = { kind: "waiting", timer, until };
  }

  /** Lets go of whatever is going on. @returns what that was. */
  #leave(): Phase {
    const { platform } = this.#options;
    const phase = this.#phase;
    this.#phase = { kind: "idle" };
    if (phase.kind === "waiting") platform.clearTimeout(phase.timer);
    if (phase.kind === "opening") this.#gaveUpAt = platform.now();
    if (phase.kind === "opening" || phase.kind === "open") phase.line.close();
    return phase;
  }

  #show(state: ConnectionState): void {
    this.#state = state;
    this.#options.state(state);
  }
}
