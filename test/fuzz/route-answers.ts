import { z } from "zod";
import { errorKinds } from "../../src/protocol/errors.ts";
import { countsSchema, presenceSchema as presence, serverFrame } from "../../src/protocol/frames.ts";

const errorCode = z.enum(Object.keys(errorKinds) as [keyof typeof errorKinds]);
const position = z.strictObject({ epoch: z.string(), offset: z.number() });
const count = z.number().int().nonnegative();

const outcome = { channel: z.string().max(1800), connections: count, duplicate: z.boolean() };
/** The delivery's own names, where the routing table made it. */
const delivery = { id: z.string(), event: z.string() };
const failure = { status: z.literal("failed"), code: errorCode, message: z.string() };
const queued = {
  ...outcome,
  status: z.literal("queued"),
  connections: z.literal(0),
  duplicate: z.literal(false),
};
const taken = { ...outcome, status: z.enum(["delivered", "stored"]), offset: count.optional() };

const target = z.union([
  z.strictObject(taken),
  z.strictObject(queued),
  z.strictObject({ ...outcome, ...failure }),
]);
const routedTarget = z.union([
  z.strictObject({ ...delivery, ...taken }),
  z.strictObject({ ...delivery, ...queued }),
  z.strictObject({ ...delivery, ...outcome, ...failure }),
]);

/** All targets of an event are routed, or none is. */
const result = z.strictObject({
  id: z.string(),
  event: z.string(),
  targets: z.union([z.array(target).min(1), z.array(routedTarget).min(1)]),
});

const published = z.strictObject({ results: z.array(result).min(1) });

const ticket = z.strictObject({ url: z.url(), token: z.string(), userId: z.string(), expiresAt: z.number() });
const devToken = z.strictObject({ token: z.string(), userId: z.string(), expiresAt: z.number() });

const polled = z.strictObject({
  events: z.array(serverFrame),
  position,
  recovered: z.boolean(),
  more: z.boolean(),
  pollAfter: count,
});

const time = z.number().int().positive();

const receipt = z.strictObject({
  id: z.string(),
  user: z.string(),
  stored: z.array(z.strictObject({ channel: z.string(), offset: count, at: z.number() })),
  received: z.array(z.strictObject({ client: z.string(), at: z.number() })),
  seenAt: time.nullable(),
  readAt: time.nullable(),
});

const names = z.array(z.string());
const identity = z.strictObject({
  user: z.string(),
  roles: names.optional(),
  tenants: names.optional(),
  grants: names.optional(),
});

const deadLetters = z.strictObject({
  deadLetters: z.array(
    z.strictObject({
      id: z.number().int().positive(),
      at: time,
      code: errorCode,
      reason: z.string(),
      object: z.strictObject({ kind: z.enum(["user", "room", "audience"]), name: z.string() }).nullable(),
      publications: z.array(
        z.strictObject({
          id: z.string(),
          events: z.array(z.strictObject({ channel: z.string(), event: z.string() })).min(1),
        }),
      ),
    }),
  ),
  more: z.boolean(),
});

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
  expiresAt: time.optional(),
  silent: z.literal(true).optional(),
  createdAt: time,
  seenAt: time.nullable(),
  readAt: time.nullable(),
  archivedAt: time.nullable(),
  data: z.unknown(),
});

const badge = { counts: countsSchema, position };
const preferences = z.strictObject({
  types: z.record(z.string(), z.strictObject({ inbox: z.boolean(), announce: z.boolean() })),
  quietHours: z.strictObject({ from: z.string(), to: z.string(), timeZone: z.string() }).nullable(),
});

/** The documented shape of each route's 200, by its method and path. */
const shapes: readonly (readonly [route: RegExp, shape: z.ZodType])[] = [
  [/^POST \/(dev\/)?publish$/, published],
  [/^POST \/auth\/ticket$/, ticket],
  [/^POST \/dev\/token$/, devToken],
  [/^GET \/rooms\/[^/]*$/, z.strictObject({ channel: z.string(), position, presence: presence.optional() })],
  [/^GET (\/rooms\/[^/]*)?\/events$/, polled],
  [/^POST \/users\/[^/]*\/disconnect$/, z.strictObject({ disconnected: count })],
  [/^PUT \/users\/[^/]*\/identity$/, identity],
  [/^GET \/users\/[^/]*\/events\/[^/]*$/, receipt],
  [/^DELETE \/users\/[^/]*\/inbox\/[^/]*$/, z.strictObject({ user: z.string(), id: z.string() })],
  [/^GET \/dead-letters$/, deadLetters],
  [/^POST \/dead-letters\/[^/]*\/retry$/, z.strictObject({ id: count, results: z.array(result).min(1) })],
  [
    /^GET \/inbox$/,
    z.strictObject({ notifications: z.array(notification), next: count.nullable(), ...badge }),
  ],
  [/^(GET \/inbox\/counts|POST \/inbox\/mark|DELETE \/inbox(\/[^/]*)?)$/, z.strictObject(badge)],
  [/^GET \/inbox\/[^/]*$/, notification],
  [/^(GET|PUT) \/preferences$/, preferences],
  [/^GET \/health$/, z.looseObject({ ok: z.literal(true), configured: z.literal(true) })],
];

/**
 * Checks the body of a 200.
 *
 * @returns what became of the targets of a publish, each in a few words.
 * @throws {Error} when it is not what the route promises, or a target failed by the service's fault.
 */
export function checkRouteAnswer(method: string, path: string, text: string): string[] {
  const [, shape] = shapes.find(([route]) => route.test(`${method} ${path}`)) ?? [];
  // The pages are no JSON.
  if (!shape) return [];
  const answer: unknown = JSON.parse(text);
  shape.parse(answer);
  const { data } = published.safeParse(answer);
  return (data?.results ?? []).flatMap(({ targets }) =>
    targets.map((one) => {
      if (one.status !== "failed") return one.status;
      if (errorKinds[one.code].status < 500) return `failed ${one.code}`;
      throw new Error(`A target failed by the service's fault: ${JSON.stringify(one)}`);
    }),
  );
}
