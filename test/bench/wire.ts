import type { Dialect } from "./dialect.ts";
import { holdsEvents } from "./event-scanner.ts";

/** Who connects, and to what. */
export interface Caller {
  /** Path of the upgrade, without a query. */
  readonly path: string;
  readonly user: string;
  readonly token: string;
}

/** What a message of the server is. Payloads are only good until the next message is read. */
export type Reading =
  | { readonly kind: "events"; readonly payload: Buffer }
  /** A frame of Carillon's that is no event, or several. */
  | { readonly kind: "control"; readonly payload: Buffer }
  /** To be answered with this. */
  | { readonly kind: "answer"; readonly text: string }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "nothing" };

/** What the load generator does differently with a server that speaks another dialect. */
export interface Wire {
  /** Whether each connection is greeted with a `welcome`; where not, it is there when the upgrade is answered. */
  readonly isGreeted: boolean;
  /** Whether the events of a log come in the order of their offsets. */
  readonly isOrdered: boolean;
  /** What a client sends now and then, so that the server knows that it is there. */
  readonly sign: string | undefined;
  /** Path and query of the upgrade. */
  target(caller: Caller, query: string): string;
  read(payload: Buffer, caller: Caller): Reading;
}

const NOTHING: Reading = { kind: "nothing" };

const carillon: Wire = {
  isGreeted: true,
  isOrdered: true,
  sign: '{"type":"ping"}',
  target: ({ path, user }, query) => `${path}?user=${user}&${query}`,
  read: (payload) => ({ kind: holdsEvents(payload) ? "events" : "control", payload }),
};

/** The heads of Engine.IO packets, and of the Socket.IO packets in them. */
const OPEN = "0".charCodeAt(0);
const PING = "2".charCodeAt(0);
const MESSAGE = "4".charCodeAt(0);
const CONNECTED = "0".charCodeAt(0);
const EVENT = "2".charCodeAt(0);
const EVENT_HEAD = Buffer.from('42["event",');
const WELCOME_HEAD = Buffer.from('42["welcome",');

const socketIo: Wire = {
  isGreeted: true,
  isOrdered: true,
  // Its server asks, and is answered.
  sign: undefined,
  target: () => "/socket.io/?EIO=4&transport=websocket",
  read: (payload, { path, token }) => {
    const [packet, kind] = payload;
    if (packet === OPEN) return { kind: "answer", text: `40${JSON.stringify({ token, path })}` };
    if (packet === PING) return { kind: "answer", text: "3" };
    if (packet === MESSAGE && kind === CONNECTED) return NOTHING;
    if (packet === MESSAGE && kind === EVENT) {
      if (payload.indexOf(EVENT_HEAD) === 0) return { kind: "events", payload };
      if (payload.indexOf(WELCOME_HEAD) === 0) {
        return { kind: "control", payload: payload.subarray(WELCOME_HEAD.length, -1) };
      }
    }
    return { kind: "refused", why: `the server sent ${payload.toString("utf8", 0, 300)}` };
  },
};

const nchan: Wire = {
  isGreeted: false,
  // The publisher numbers them, and has several requests under way.
  isOrdered: false,
  sign: undefined,
  target: ({ path, user }) => `${path}?user=${user}`,
  read: (payload) => (holdsEvents(payload) ? { kind: "events", payload } : NOTHING),
};

export const wires: Readonly<Record<Dialect, Wire>> = { carillon, "socket.io": socketIo, nchan };
