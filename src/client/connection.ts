import type { ServerFrame } from "../protocol/frames.ts";
import type { ClientError, ConnectionState, Undo } from "./api.ts";
import { type BackOff, delayBefore } from "./back-off.ts";
import type { Carrier } from "./carrier.ts";
import { asClientError, CarillonClientError } from "./client-error.ts";
import type { Ending, Line, Over } from "./line.ts";
import type { Prepare } from "./lines.ts";
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
  readonly prepare: Prepare;
  state(state: ConnectionState): void;
  frame(frame: ServerFrame): void;
  /** Whether the application takes who is greeted for who is here. */
  isUser(user: string): boolean;
  /** Something failed that no promise tells of. */
  error(error: ClientError): void;
  /** A heartbeat was answered after so many ms. */
  roundTrip(ms: number): void;
}

/** What is going on. Each phase has what it needs, and nothing is left of it in the next. */
type Phase =
  | { readonly kind: "idle" }
  | { readonly kind: "waiting"; readonly timer: Timer; readonly until: number }
  | { readonly kind: "preparing" }
  | { readonly kind: "opening"; readonly line: Line }
  | { readonly kind: "open"; readonly line: Line };

/** Holds a line to the service: opens one, and another when it has ended, until told to stop or by a reason for good. */
export function createConnection(options: ConnectionOptions): Carrier {
  const { platform, tokens, prepare, state: show, error } = options;
  let phase: Phase = { kind: "idle" };
  /** Attempts since the last greeting. */
  let attempt = 0;
  /** Sockets in a row that were not greeted. */
  let hopeless = 0;
  /**
   * Sockets that were not greeted, given up or not. The service may greet each of them late, when nobody is there any
   * more, and it then takes the place of the one that is. The first is the page's before it was loaded again.
   */
  let strays = 1;
  /** By what the session was last renewed. */
  let renewedBy: Token | undefined;
  /** Whether the last token was refused, so that another one refused at once is no reason to hurry. */
  let isTokenRefused = false;
  let stopListening: Undo = () => undefined;

  function connect(): void {
    if (phase.kind !== "idle") return;
    attempt = 0;
    stopListening = onWake(retry);
    attend();
  }

  function retry(): void {
    if (phase.kind === "idle") connect();
    else if (phase.kind === "waiting") attend();
    else if (phase.kind === "open") phase.line.probe();
  }

  function stop(reason: string): void {
    leave();
    stopListening();
    show({ status: "disconnected", reason, attempt });
  }

  /** Makes an attempt. */
  function attend(): void {
    const before = leave();
    // A timer that is late by so much means that the device slept: the token may have ended, whatever is known of it.
    if (before.kind === "waiting" && platform.now() > before.until + SLEEP) tokens.forget();
    attempt += 1;
    show({ status: "connecting", attempt });
    void open("websocket");
  }

  async function open(over: Over): Promise<void> {
    const preparing: Phase = { kind: "preparing" };
    phase = preparing;
    try {
      const openLine = await prepare(over);
      if (phase !== preparing) return;
      const line = openLine({
        frame: (frame) => take(line, frame),
        ended,
        attempted() {
          strays += 1;
        },
        slept: tokens.forget,
        roundTrip: options.roundTrip,
      });
      phase = { kind: "opening", line };
    } catch (thrown) {
      if (phase !== preparing) return;
      const failure = asClientError(thrown, "disconnected", true);
      const isToken = failure.code === "token";
      if (!isToken) hopeless += 1;
      // Where there are no WebSockets it polls, and nothing is wrong; where it cannot poll the state says so.
      if (isToken || (platform.WebSocket && over === "websocket")) error(failure);
      later(isToken ? "token" : "network", over);
    }
  }

  function take(line: Line, frame: ServerFrame): void {
    if (frame.type === "welcome") {
      const { user, roles, expiresAt } = frame;
      if (!options.isUser(user)) {
        error(new CarillonClientError("token", "It is somebody else's.", true));
        ended({ verdict: "renew", reason: "token" });
        return;
      }
      phase = { kind: "open", line };
      attempt = 0;
      isTokenRefused = false;
      if (line.over === "websocket") {
        hopeless = 0;
        strays -= 1;
        tokens.learn(expiresAt);
      }
      show({ status: "connected", over: line.over, user, roles, since: platform.now() });
    } else if (frame.type === "expiring") {
      void renew();
    }
    options.frame(frame);
  }

  /** Goes on with a newer token, where it is. Without one the session ends, and the service says so. */
  async function renew(): Promise<void> {
    const before = phase;
    tokens.forget();
    try {
      const token = await tokens.get();
      const { token: last, expiresAt = 0 } = renewedBy ?? {};
      if (!token || phase !== before || token.token === last) return;
      // Where one ends as soon as the last the service would ask for another at once.
      if (Number(token.expiresAt) <= expiresAt) return;
      renewedBy = token;
      send({ type: "auth", token: token.token });
    } catch (thrown) {
      error(asClientError(thrown, "token", true));
    }
  }

  function ended({ verdict, reason }: Ending): void {
    const before = leave();
    const over = "line" in before ? before.line.over : "websocket";
    if (before.kind === "opening") {
      if (reason === "network" || reason === "timeout") hopeless += 1;
      // It was refused, and is not on its way any more.
      else if (over === "websocket") strays -= 1;
    }
    const isRefused = verdict === "renew";
    if (isRefused) tokens.forget();
    // Perhaps what took over is an attempt of our own, given up and overtaken by its successor: nobody is there.
    const isOwn = reason === "replaced" && strays > 0;
    if (isOwn) strays = Math.min(strays, MAX_STRAYS) - 1;
    const mayRenew = isRefused && tokens.isThere;
    const isFirst = mayRenew && !isTokenRefused;
    if (mayRenew) isTokenRefused = true;
    // What says `now` before it greets is not let say it over and over.
    if (isOwn || isFirst || (verdict === "now" && before.kind === "open")) attend();
    else if (verdict === "never" || (isRefused && !mayRenew)) stop(reason);
    else later(reason, over);
  }

  /** @param over what has failed. */
  function later(reason: string, over: Over): void {
    const isHopeless = reason === "disabled" || (hopeless >= HOPELESS && !isOffline());
    if (options.polling && over === "websocket" && isHopeless) {
      show({ status: "connecting", attempt });
      void open("polling");
    } else if (attempt >= options.maxAttempts) {
      stop("exhausted");
    } else {
      const delay = delayBefore(attempt + 1, options, platform.random());
      const until = platform.now() + delay;
      phase = { kind: "waiting", timer: platform.setTimeout(attend, delay), until };
      const told = reason === "network" && isOffline() ? "offline" : reason;
      show({ status: "disconnected", reason: told, retryAt: until, attempt });
    }
  }

  /** Lets go of whatever is going on. @returns what that was. */
  function leave(): Phase {
    const before = phase;
    phase = { kind: "idle" };
    if (before.kind === "waiting") platform.clearTimeout(before.timer);
    if ("line" in before) before.line.close();
    return before;
  }

  function send(frame: Parameters<Carrier["send"]>[0]): void {
    if (phase.kind === "open") phase.line.send(frame);
  }

  return {
    connect,
    /** Tries at once if it waits for the next attempt, begins anew if it has given up, and looks whether an open line lives. */
    retry,
    close: () => stop("closed"),
    send,
  };
}
