import type { Context } from "hono";
import type { Identity } from "../auth/identity.ts";
import { originAllowed } from "../auth/origin.ts";
import { findRoom, findRoomFor } from "../channels/access.ts";
import { callObject } from "../delivery/call.ts";
import { roomObject, userObject } from "../objects/env.ts";
import { REFUSED_HEADER, SESSION_HEADER, type Session, writeSession } from "../objects/session.ts";
import { callerOf } from "../operation/caller.ts";
import { tally } from "../operation/metrics-tally.ts";
import { describe } from "../operation/report.ts";
import { type CloseReason, closeReasons } from "../protocol/close-codes.ts";
import { encode } from "../protocol/codec.ts";
import { CarillonError, type ErrorCode } from "../protocol/errors.ts";
import { SUBPROTOCOL } from "../protocol/frames.ts";
import { parsePosition } from "../protocol/position.ts";
import { mayOpen } from "./admission.ts";
import { type AppEnv, policyOf, tell } from "./context.ts";
import { identify, identifyByCredential } from "./identity.ts";
import { limitUpgradesByAddress, limitUpgradesByUser } from "./rate.ts";

type Upgrade = Context<AppEnv>;

/** `GET /connect`: a connection to the user's own object. */
export async function connect(c: Upgrade): Promise<Response> {
  return admit(c, anyone, async (session) => {
    if (!(await mayOpen(c, session))) return { kind: "refused", reason: "overloaded" };
    return await forward(c, session, () => userObject(c.env, session.identity.userId));
  });
}

/** `GET /rooms/:room/connect`: a connection to a room's own object, which the user's object admits first. */
export async function connectRoom(c: Upgrade): Promise<Response> {
  const name = c.req.param("room") ?? "";
  const check = (identity: Identity) => void findRoomFor(identity, name);
  return admit(c, check, async (session) => {
    const { identity, client, connection } = session;
    const room = findRoom(name).name;
    if (!(await mayOpen(c, session, room))) return { kind: "refused", reason: "overloaded" };
    const user = () => userObject(c.env, identity.userId);
    const socket = { room, client, connection, generation: Date.now() };
    const admission = await callObject(async () => await user().admitToRoom(identity, socket), policyOf(c));
    if (admission.kind === "forbidden") {
      throw new CarillonError("forbidden", "This identity may not follow this channel.");
    }
    if (admission.kind === "refused") return admission;
    const forget = () => c.executionCtx.waitUntil(user().leaveRoom(socket));
    const admitted = { ...session, identity: admission.identity };
    const opening = await forward(c, admitted, () => roomObject(c.env, room)).catch((error: unknown) => {
      forget();
      throw error;
    });
    if (opening.kind === "refused") forget();
    return opening;
  });
}

/** What an object made of an upgrade. */
type Opening =
  | { readonly kind: "open"; readonly response: Response }
  | { readonly kind: "refused"; readonly reason: CloseReason };

/**
 * Checks an upgrade and lets it through. A refused WebSocket request is accepted here, told why and closed, since
 * browsers cannot read an HTTP status; any other request gets problem+json.
 */
async function admit(
  c: Upgrade,
  check: (identity: Identity) => void,
  open: (session: Session) => Promise<Opening>,
): Promise<Response> {
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    checkOrigin(c);
    check(await identify(c));
    throw new CarillonError("upgrade_required", "Connect with a WebSocket.");
  }
  try {
    checkOrigin(c);
    if (!c.get("settings").REALTIME_ENABLED) return refuse(c, "disabled");
    await limitUpgradesByAddress(c);
    const identity = await identifyByCredential(c);
    await limitUpgradesByUser(c, identity.userId);
    const opening = await open(readSessionOf(c, identity));
    if (opening.kind === "refused") return refuse(c, opening.reason);
    tally.count("carillon_upgrades_total", { outcome: "open" });
    return opening.response;
  } catch (error) {
    if (error instanceof CarillonError) return refuse(c, reasonOf(error.code), error.message);
    tell(c, "error", "upgrade failed", { path: c.req.path, ...describe(error) });
    return refuse(c, "overloaded");
  }
}

const anyone = () => undefined;

function checkOrigin(c: Upgrade): void {
  const origin = c.req.header("Origin") ?? null;
  if (originAllowed(origin, new URL(c.req.url), c.get("settings"))) return;
  throw new CarillonError("origin_not_allowed", "Pages of this origin may not connect; see ALLOWED_ORIGINS.");
}

function readSessionOf(c: Upgrade, identity: Identity): Session {
  const connection = crypto.randomUUID();
  const client = c.req.query("client") ?? connection;
  if (!/^[\w-]{1,64}$/.test(client)) {
    throw new CarillonError("invalid_request", "client has 1 to 64 letters, digits, _ and -.");
  }
  const text = c.req.query("since");
  const since = text === undefined ? undefined : parsePosition(text);
  if (text !== undefined && !since) {
    throw new CarillonError("invalid_request", "since is a position: <epoch>.<offset>.");
  }
  const caller = callerOf(c.req.raw.headers, c.get("requestId"));
  return { connection, client, identity, since, caller };
}

/** Hands the upgrade to an object. Nothing of the request goes along but what the object needs: no credential. */
async function forward(
  c: Upgrade,
  session: Session,
  object: () => { fetch(request: Request): Promise<Response> },
): Promise<Opening> {
  const headers = new Headers({ Upgrade: "websocket", [SESSION_HEADER]: writeSession(session) });
  if (offersProtocol(c)) headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  const address = new URL(c.req.path, c.req.url);
  const request = () => new Request(address, { headers });
  const response = await callObject(async () => await object().fetch(request()), policyOf(c));
  const reason = response.headers.get(REFUSED_HEADER);
  return isCloseReason(reason) ? { kind: "refused", reason } : { kind: "open", response };
}

/** Accepts the connection, says why it is refused, and closes it. */
function refuse(c: Upgrade, reason: CloseReason, message?: string): Response {
  const { code } = closeReasons[reason];
  tally.count("carillon_upgrades_total", { outcome: reason });
  tally.count("carillon_refusals_total", { at: "upgrade", code: reason });
  const caller = callerOf(c.req.raw.headers, c.get("requestId"));
  tell(c, "info", "connection refused", { user: c.get("user"), path: c.req.path, code: reason, ...caller });
  const pair = new WebSocketPair();
  pair[1].accept();
  pair[1].send(encode({ type: "close", code, reason, message }));
  pair[1].close(code, reason);
  const headers = new Headers({ "X-Request-Id": caller.requestId });
  if (offersProtocol(c)) headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  return new Response(null, { status: 101, webSocket: pair[0], headers });
}

function isCloseReason(word: string | null): word is CloseReason {
  return word !== null && Object.hasOwn(closeReasons, word);
}

/** The close reason for an error; what the service itself failed at is `overloaded`, so clients come again. */
function reasonOf(code: ErrorCode): CloseReason {
  switch (code) {
    case "unauthorized":
    case "token_expired":
    case "origin_not_allowed":
    case "invalid_request":
    case "rate_limited":
    case "forbidden":
      return code;
    case "unknown_channel":
    case "invalid_channel":
      return "forbidden";
    default:
      return "overloaded";
  }
}

function offersProtocol(c: Upgrade): boolean {
  const offered = c.req.header("Sec-WebSocket-Protocol") ?? "";
  return offered.split(",").some((protocol) => protocol.trim() === SUBPROTOCOL);
}
