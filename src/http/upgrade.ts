import type { Context } from "hono";
import { authenticate } from "../auth/credentials.ts";
import type { Identity } from "../auth/identity.ts";
import { originAllowed } from "../auth/origin.ts";
import { findRoomFor } from "../channels/access.ts";
import { callObject } from "../delivery/call.ts";
import { roomObject, userObject } from "../objects/env.ts";
import { SESSION_HEADER, type Session, writeSession } from "../objects/session.ts";
import { describe, report } from "../operation/report.ts";
import { type CloseReason, closeReasons } from "../protocol/close-codes.ts";
import { encode } from "../protocol/codec.ts";
import { CarillonError } from "../protocol/errors.ts";
import { SUBPROTOCOL } from "../protocol/frames.ts";
import { parsePosition } from "../protocol/position.ts";
import type { AppEnv } from "./context.ts";

type Upgrade = Context<AppEnv>;

/** `GET /connect`: a connection to the user's own object. */
export async function connect(c: Upgrade): Promise<Response> {
  return admit(c, anyone, async (session) => {
    return await forward(c, session, () => userObject(c.env, session.identity.userId));
  });
}

/** `GET /rooms/:room/connect`: a connection to a room's own object, which the user's object admits first. */
export async function connectRoom(c: Upgrade): Promise<Response> {
  const name = c.req.param("room") ?? "";
  const check = (identity: Identity) => void findRoomFor(identity, name);
  return admit(c, check, async (session) => {
    const { identity, client, connection } = session;
    const room = findRoomFor(identity, name).name;
    const user = () => userObject(c.env, identity.userId);
    await callObject(async () => await user().admitToRoom(room, client, connection), policy(c));
    try {
      return await forward(c, session, () => roomObject(c.env, room));
    } catch (error) {
      c.executionCtx.waitUntil(user().leaveRoom(room, client, connection));
      throw error;
    }
  });
}

/**
 * Checks an upgrade and lets it through. A refused WebSocket request is accepted here, told why and closed, since
 * browsers cannot read an HTTP status; any other request gets problem+json.
 */
async function admit(
  c: Upgrade,
  check: (identity: Identity) => void,
  open: (session: Session) => Promise<Response>,
): Promise<Response> {
  const isUpgrade = c.req.header("Upgrade")?.toLowerCase() === "websocket";
  if (!isUpgrade) {
    checkOrigin(c);
    check(await authenticate(c.req.raw, c.get("settings"), Date.now()));
    throw new CarillonError("upgrade_required", "Connect with a WebSocket.");
  }
  try {
    checkOrigin(c);
    const identity = await authenticate(c.req.raw, c.get("settings"), Date.now());
    return await open(readSessionOf(c, identity));
  } catch (error) {
    if (!(error instanceof CarillonError))
      report("error", "upgrade failed", { path: c.req.path, ...describe(error) });
    return refuse(c, error);
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
  return { connection, client, identity, since };
}

/** Hands the upgrade to an object. Nothing of the request goes along but what the object needs: no credential. */
function forward(
  c: Upgrade,
  session: Session,
  object: () => { fetch(request: Request): Promise<Response> },
): Promise<Response> {
  const headers = new Headers({ Upgrade: "websocket", [SESSION_HEADER]: writeSession(session) });
  if (offersProtocol(c)) headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  const address = new URL(c.req.path, c.req.url);
  return callObject(async () => await object().fetch(new Request(address, { headers })), policy(c));
}

function policy(c: Upgrade) {
  return {
    attempts: c.get("settings").PUBLISH_ATTEMPTS,
    wait: (ms: number) => scheduler.wait(ms),
    random: Math.random,
  };
}

function refuse(c: Upgrade, error: unknown): Response {
  const reason = reasonOf(error);
  const { code } = closeReasons[reason];
  const message = error instanceof CarillonError ? error.message : undefined;
  const pair = new WebSocketPair();
  pair[1].accept();
  pair[1].send(encode({ type: "close", code, reason, message }));
  pair[1].close(code, reason);
  const headers = new Headers();
  if (offersProtocol(c)) headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  return new Response(null, { status: 101, webSocket: pair[0], headers });
}

/** The close reason for an error; what the service itself failed at is `overloaded`, so clients come again. */
function reasonOf(error: unknown): CloseReason {
  if (!(error instanceof CarillonError)) return "overloaded";
  switch (error.code) {
    case "unauthorized":
    case "token_expired":
    case "origin_not_allowed":
    case "invalid_request":
    case "forbidden":
      return error.code;
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
