import { z } from "zod";
import { closeReasons } from "./close-codes.ts";
import { errorKinds } from "./errors.ts";
import { type Position, parsePosition } from "./position.ts";

/** The subprotocol that both sides name in `Sec-WebSocket-Protocol`. */
export const SUBPROTOCOL = "carillon.v1";

/** The heartbeat, to the letter: the runtime answers it without waking the object. */
export const PING = '{"type":"ping"}';
export const PONG = '{"type":"pong"}';

const ref = z.union([z.number().int().nonnegative(), z.string().max(64)]);

const position = z.object({ epoch: z.string().min(1).max(32), offset: z.number().int().nonnegative() });

/** `since` is written `<epoch>.<offset>`; the position object itself is taken too. */
const since = z.union([
  z.string().transform((text, context): Position => {
    const parsed = parsePosition(text);
    if (parsed) return parsed;
    context.issues.push({ code: "custom", input: text, message: "A position is <epoch>.<offset>." });
    return z.NEVER;
  }),
  position,
]);

/** What a notification can be marked as. Each can be undone but for the last. */
export const markSchema = z.enum(["read", "unread", "seen", "unseen", "archived", "unarchived", "deleted"]);

export type Mark = z.output<typeof markSchema>;

/** Which notifications to mark as what: `ids`, or `all`, then perhaps up to an offset of the user's log. */
export const markFields = {
  as: markSchema,
  ids: z.array(z.string().min(1).max(256)).min(1).max(1000).optional(),
  all: z.literal(true).optional(),
  upTo: z.number().int().nonnegative().optional(),
};

/** Tells what is wrong with a mark whose fields are well formed each for itself. */
export function checkMark({
  value: { ids, all, upTo },
  issues,
}: z.core.ParsePayload<{
  readonly ids?: readonly string[] | undefined;
  readonly all?: true | undefined;
  readonly upTo?: number | undefined;
}>): void {
  const tell = (field: string, message: string, input: unknown) =>
    issues.push({ code: "custom", path: [field], message, input });
  if ((ids === undefined) === (all === undefined)) tell("ids", "Say either ids, or all: true.", ids);
  else if (ids && upTo !== undefined) tell("upTo", "It goes with all: true.", upTo);
}

/** The badge: notifications in the inbox (not archived), those of them not read, and those not seen. */
export const countsSchema = z.object({ total: z.number(), unread: z.number(), unseen: z.number() });

const member = z.object({ user: z.string(), state: z.unknown().optional() });

/** Which state of a room's presence something speaks of. */
const presenceVersion = { count: z.number(), incarnation: z.string(), seq: z.number() };

/** Who is in a room: `members` are absent where there are so many that only their count is told. */
export const presenceSchema = z.object({ members: z.array(member).optional(), ...presenceVersion });

const subscription = z.union([
  z.string().transform((channel) => ({ channel, since: undefined })),
  z.object({ channel: z.string(), since: since.optional() }),
]);

/** What a client sends. Fields beyond these are ignored, so that newer clients can talk to older servers. */
export const clientFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ping"), ref: ref.optional() }),
  z.object({
    type: z.literal("subscribe"),
    ref: ref.optional(),
    channels: z.array(subscription).min(1).max(100),
  }),
  z.object({
    type: z.literal("unsubscribe"),
    ref: ref.optional(),
    channels: z.array(z.string()).min(1).max(100),
  }),
  z.object({
    type: z.literal("publish"),
    ref: ref.optional(),
    channel: z.string(),
    event: z.string(),
    data: z.unknown().optional(),
    id: z.string().min(1).max(128).optional(),
  }),
  z.object({
    type: z.literal("presence"),
    ref: ref.optional(),
    channel: z.string(),
    state: z.unknown().optional(),
  }),
  z.object({ type: z.literal("mark"), ref: ref.optional(), ...markFields }).check(checkMark),
  z.object({ type: z.literal("ack"), offset: z.number().int().nonnegative() }),
  z.object({ type: z.literal("auth"), ref: ref.optional(), token: z.string().min(1) }),
]);

export type ClientFrame = z.output<typeof clientFrame>;
export type Ref = z.output<typeof ref>;

/** The types of frame that this server understands; any other is answered `unknown_type`. */
export const clientFrameTypes: ReadonlySet<string> = new Set(
  clientFrame.options.map((option) => option.shape.type.value),
);

const errorCode = z.enum(Object.keys(errorKinds) as [keyof typeof errorKinds]);
const closeReason = z.enum(Object.keys(closeReasons) as [keyof typeof closeReasons]);

/** What the server sends. carillon.v1.md says what each field means. */
export const serverFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    connection: z.string(),
    user: z.string(),
    roles: z.array(z.string()),
    channels: z.array(z.string()),
    position,
    recovered: z.boolean(),
    counts: countsSchema.optional(),
    presence: presenceSchema.optional(),
    expiresAt: z.number(),
    heartbeat: z.number(),
  }),
  z.object({
    type: z.literal("event"),
    channel: z.string(),
    event: z.string(),
    data: z.unknown(),
    id: z.string(),
    at: z.number(),
    offset: z.number().optional(),
    from: z.string().optional(),
  }),
  z.object({ type: z.literal("skip"), channel: z.string(), upTo: z.number() }),
  z.object({
    type: z.literal("live"),
    channel: z.string(),
    replayed: z.number(),
    counts: countsSchema.optional(),
  }),
  z.object({
    type: z.literal("subscribed"),
    ref: ref.optional(),
    channel: z.string(),
    position,
    recovered: z.boolean(),
    presence: presenceSchema.optional(),
  }),
  z.object({
    type: z.literal("presence"),
    channel: z.string(),
    joined: z.array(member).optional(),
    left: z.array(z.string()).optional(),
    updated: z.array(member).optional(),
    members: z.array(member).optional(),
    ...presenceVersion,
  }),
  z.object({
    type: z.literal("unsubscribed"),
    ref: ref.optional(),
    channel: z.string(),
    code: z.enum(["requested", "forbidden"]),
  }),
  z.object({ type: z.literal("moved"), ref: ref.optional(), channel: z.string(), url: z.string() }),
  z.object({
    type: z.literal("error"),
    ref: ref.optional(),
    code: errorCode,
    message: z.string(),
    retryable: z.boolean(),
    channel: z.string().optional(),
  }),
  z.object({
    type: z.literal("close"),
    code: z.number(),
    reason: closeReason,
    message: z.string().optional(),
  }),
  z.object({
    type: z.literal("ok"),
    ref: ref.optional(),
    expiresAt: z.number().optional(),
    counts: countsSchema.optional(),
  }),
  z.object({ type: z.literal("expiring"), in: z.number() }),
  z.object({ type: z.literal("pong"), ref: ref.optional() }),
]);

/** A field that is `undefined` is not sent. */
export type ServerFrame = z.output<typeof serverFrame>;
export type ServerFrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;
