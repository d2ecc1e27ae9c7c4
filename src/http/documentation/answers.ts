import { z } from "zod";
import { statementSchema } from "../../objects/identity-record.ts";
import { type ErrorCode, errorKinds } from "../../protocol/errors.ts";
import { countsSchema } from "../../protocol/frames.ts";

/** A moment, in ms since 1970. */
const moment = z.number().int();
const count = z.number().int().nonnegative();
const counts = z.strictObject(countsSchema.shape);
const position = z.strictObject({ epoch: z.string(), offset: count });
const errorCode = z.enum(Object.keys(errorKinds) as [ErrorCode, ...ErrorCode[]]);

const target = z.strictObject({
  id: z.string().optional(),
  event: z.string().optional(),
  channel: z.string(),
  status: z.enum(["delivered", "stored", "queued", "failed"]),
  code: errorCode.optional(),
  message: z.string().optional(),
  offset: count.optional(),
  connections: count,
  duplicate: z.boolean(),
});

const results = z.array(z.strictObject({ id: z.string(), event: z.string(), targets: z.array(target) }));

const notification = z.strictObject({
  id: z.string(),
  offset: count,
  type: z.string(),
  title: z.string(),
  message: z.string(),
  actionUrl: z.string().optional(),
  actionText: z.string().optional(),
  priority: z.enum(["low", "normal", "high", "critical"]),
  collapseKey: z.string().optional(),
  expiresAt: moment.optional(),
  silent: z.literal(true).optional(),
  createdAt: moment,
  seenAt: moment.nullable(),
  readAt: moment.nullable(),
  archivedAt: moment.nullable(),
  data: z.unknown(),
});

const event = z.strictObject({
  type: z.literal("event"),
  channel: z.string(),
  event: z.string(),
  data: z.unknown(),
  id: z.string(),
  at: moment,
  from: z.string().optional(),
  offset: count.optional(),
});

const member = z.strictObject({ user: z.string(), state: z.unknown().optional() });

const presence = z.strictObject({
  user: z.string(),
  online: z.boolean(),
  connections: z.array(
    z.strictObject({
      ...{ connection: z.string(), client: z.string(), openedAt: moment },
      ...{ rooms: z.array(z.string()), direct: z.boolean() },
    }),
  ),
  since: moment.nullable(),
  lastSeen: moment.nullable(),
});

const letter = z.strictObject({
  id: count,
  at: moment,
  code: errorCode,
  reason: z.string(),
  object: z.strictObject({ kind: z.enum(["user", "room", "audience"]), name: z.string() }).nullable(),
  publications: z.array(
    z.strictObject({
      id: z.string(),
      events: z.array(z.strictObject({ channel: z.string(), event: z.string() })),
    }),
  ),
});

/** What routes answer, for the documentation; a test holds the answers of the service against it. */
export const answers = {
  problem: z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: errorCode,
    detail: z.string(),
    issues: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  }),
  health: z.strictObject({
    ok: z.boolean(),
    name: z.string(),
    version: z.string(),
    environment: z.enum(["production", "development"]),
    configured: z.boolean(),
    enabled: z.boolean(),
    objects: z.enum(["answering", "not answering"]),
    settings: z.array(z.string()),
    bindings: z.array(z.string()),
  }),
  published: z.strictObject({ results }),
  ticket: z.strictObject({ url: z.string(), token: z.string(), userId: z.string(), expiresAt: moment }),
  token: z.strictObject({ token: z.string(), userId: z.string(), expiresAt: moment }),
  events: z.strictObject({
    events: z.array(event),
    position,
    recovered: z.boolean(),
    more: z.boolean(),
    pollAfter: count,
  }),
  notification,
  inbox: z.strictObject({
    notifications: z.array(notification),
    next: count.nullable(),
    counts,
    position,
  }),
  marked: z.strictObject({ counts, position }),
  room: z.strictObject({
    channel: z.string(),
    position,
    presence: z
      .strictObject({ members: z.array(member).optional(), count, incarnation: z.string(), seq: count })
      .optional(),
  }),
  presence,
  presences: z.strictObject({ users: z.array(presence) }),
  recalled: z.strictObject({ user: z.string(), id: z.string() }),
  disconnected: z.strictObject({ disconnected: count }),
  identity: statementSchema.extend({ user: z.string() }),
  receipt: z.strictObject({
    id: z.string(),
    user: z.string(),
    stored: z.array(z.strictObject({ channel: z.string(), offset: count, at: moment })),
    received: z.array(z.strictObject({ client: z.string(), at: moment })),
    seenAt: moment.nullable(),
    readAt: moment.nullable(),
  }),
  exported: z.strictObject({
    user: z.string(),
    at: moment,
    connections: z.array(z.looseObject({ connection: z.string(), client: z.string(), openedAt: moment })),
    audience: z.looseObject({ user: z.string() }).nullable(),
    tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
  }),
  erased: z.strictObject({ user: z.string(), at: moment }),
  stats: z.strictObject({
    at: moment,
    limit: count,
    ...{ connections: count, direct: count, users: count },
    roles: z.record(z.string(), count),
    tenants: z.record(z.string(), count),
    roomsInUse: count,
    rooms: z.array(
      z.strictObject({
        ...{ room: z.string(), connections: count, direct: count, relayed: count, since: moment },
      }),
    ),
    shards: z.array(z.strictObject({ shard: count, users: count, connections: count, roomsInUse: count })),
    list: z
      .array(
        z.strictObject({
          ...{ connection: z.string(), user: z.string(), client: z.string(), since: moment },
          ...{ rooms: z.array(z.string()), direct: z.boolean() },
        }),
      )
      .optional(),
    next: z.string().nullable().optional(),
  }),
  deadLetters: z.strictObject({ deadLetters: z.array(letter), more: z.boolean() }),
  retried: z.strictObject({ id: count, results }),
  openapi: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
} as const satisfies Record<string, z.ZodType>;
