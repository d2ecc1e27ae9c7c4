import type { Identity } from "../auth/identity.ts";
import type { Caller } from "../operation/caller.ts";
import type { Bucket } from "./rate.ts";

/**
 * Whether a socket receives a log's entries as they come, or is still being served from `at` (rule F6). A live
 * socket of the object's own log needs no position: everything stored has been sent to it, since an object that
 * dies takes its sockets with it.
 */
export type Cursor = { readonly state: "live" } | { readonly state: "behind"; readonly at: number };

/**
 * How far a socket has come in a room's log that lies in another object. Here the position is needed while live
 * too: the room can die between storing and handing on, and this socket lives on (rule F2).
 */
export interface RoomCursor {
  readonly state: "live" | "behind";
  readonly epoch: string;
  readonly at: number;
}

/** Where a user stands in the audience: the shard that knows them, under which generation, and how far they have come. */
export interface AudienceCursor {
  readonly shard: number;
  readonly generation: number;
  readonly epoch: string;
  readonly at: number;
}

/** What a socket remembers across hibernation. */
export interface Attachment {
  readonly version: 1;
  readonly connection: string;
  readonly client: string;
  readonly identity: Identity;
  /** When the connection was opened (ms). */
  readonly openedAt: number;
  /** The log of the object that holds the socket. */
  readonly own: Cursor;
  /** The offset in that log at which the connection began. */
  readonly start: number;
  /** Rooms followed over this socket, on a user's object only. */
  readonly rooms: Readonly<Record<string, RoomCursor>>;
  /** On a user's object, once the audience knows of this connection. */
  readonly audience?: AudienceCursor | undefined;
  /** Whether the client was told that its session is about to end. */
  readonly expiryTold: boolean;
  /** What the client may still send; its time is also when the client was last heard. */
  readonly bucket: Bucket;
  /** Who opened the connection, for the log. */
  readonly caller?: Caller | undefined;
}

/** Written shorter than it is used: the platform keeps at most 16 KB of it for a socket. */
type Stored = readonly [
  version: 1,
  connection: string,
  client: string,
  identity: Identity,
  openedAt: number,
  behindAt: number | null,
  rooms: readonly (readonly [name: string, epoch: string, at: number, behind: 0 | 1])[],
  expiryTold: 0 | 1,
  tokens: number,
  heardAt: number,
  start: number,
  audience?: readonly [shard: number, generation: number, epoch: string, at: number] | undefined,
  caller?: readonly [requestId: string, address: string, agent: string] | undefined,
];

/** Writes the attachment of a socket. */
export function writeAttachment(ws: WebSocket, attachment: Attachment): void {
  const { connection, client, identity, openedAt, own, rooms, expiryTold, bucket, start, audience } =
    attachment;
  const { caller } = attachment;
  const stored: Stored = [
    1,
    connection,
    client,
    identity,
    openedAt,
    own.state === "behind" ? own.at : null,
    Object.entries(rooms).map(([name, { epoch, at, state }]) => [
      name,
      epoch,
      at,
      state === "behind" ? 1 : 0,
    ]),
    expiryTold ? 1 : 0,
    bucket.tokens,
    bucket.at,
    start,
    audience && [audience.shard, audience.generation, audience.epoch, audience.at],
    caller && [caller.requestId, caller.address, caller.agent],
  ];
  ws.serializeAttachment(stored);
}

/** Marks a socket as done with, so that its close is not handled a second time. */
export function eraseAttachment(ws: WebSocket): void {
  ws.serializeAttachment(null);
}

/** Reads the attachment of a socket, or nothing where another version of this code wrote it. */
export function readAttachment(ws: WebSocket): Attachment | undefined {
  const stored: unknown = ws.deserializeAttachment();
  if (!isStored(stored)) return undefined;
  const [version, connection, client, identity, openedAt, behindAt, rooms, told, tokens, heardAt, start] =
    stored;
  const audience = stored[11];
  const caller = stored[12];
  return {
    version,
    connection,
    client,
    identity,
    openedAt,
    own: behindAt === null ? { state: "live" } : { state: "behind", at: behindAt },
    rooms: Object.fromEntries(
      rooms.map(([name, epoch, at, behind]) => [
        name,
        { epoch, at, state: behind === 1 ? "behind" : "live" } as const,
      ]),
    ),
    expiryTold: told === 1,
    bucket: { tokens, at: heardAt },
    start,
    audience: audience && {
      shard: audience[0],
      generation: audience[1],
      epoch: audience[2],
      at: audience[3],
    },
    caller: caller && { requestId: caller[0], address: caller[1], agent: caller[2] },
  };
}

function isStored(value: unknown): value is Stored {
  return Array.isArray(value) && value[0] === 1;
}
