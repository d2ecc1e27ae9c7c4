import { z } from "zod";
import { errorKinds } from "../../src/protocol/errors.ts";
import { serverFrame } from "../../src/protocol/frames.ts";

const errorCode = z.enum(Object.keys(errorKinds) as [keyof typeof errorKinds]);
const position = z.strictObject({ epoch: z.string(), offset: z.number() });
const count = z.number().int().nonnegative();

const outcome = { channel: z.string().max(1800), connections: count, duplicate: z.boolean() };
const target = z.union([
  z.strictObject({ ...outcome, status: z.enum(["delivered", "stored"]), offset: count.optional() }),
  z.strictObject({ ...outcome, status: z.literal("failed"), code: errorCode, message: z.string() }),
]);

const published = z.strictObject({
  results: z
    .array(z.strictObject({ id: z.string(), event: z.string(), targets: z.array(target).min(1) }))
    .min(1),
});

const ticket = z.strictObject({ url: z.url(), token: z.string(), userId: z.string(), expiresAt: z.number() });
const devToken = z.strictObject({ token: z.string(), userId: z.string(), expiresAt: z.number() });

const polled = z.strictObject({
  events: z.array(serverFrame),
  position,
  recovered: z.boolean(),
  more: z.boolean(),
  pollAfter: count,
});

const receipt = z.strictObject({
  id: z.string(),
  user: z.string(),
  stored: z.array(z.strictObject({ channel: z.string(), offset: count, at: z.number() })),
  received: z.array(z.strictObject({ client: z.string(), at: z.number() })),
});

/** The documented shape of each route's 200, by its path. */
const shapes: readonly (readonly [path: RegExp, shape: z.ZodType])[] = [
  [/^\/(dev\/)?publish$/, published],
  [/^\/auth\/ticket$/, ticket],
  [/^\/dev\/token$/, devToken],
  [/^(\/rooms\/[^/]*)?\/events$/, polled],
  [/^\/users\/[^/]*\/disconnect$/, z.strictObject({ disconnected: count })],
  [/^\/users\/[^/]*\/events\/[^/]*$/, receipt],
  [/^\/health$/, z.looseObject({ ok: z.literal(true), configured: z.literal(true) })],
];

/**
 * Checks the body of a 200.
 *
 * @throws {Error} when it is not what the route promises, or one of a publish's targets failed by the service's fault.
 */
export function checkRouteAnswer(path: string, text: string): void {
  const [, shape] = shapes.find(([pattern]) => pattern.test(path)) ?? [];
  // The pages are no JSON.
  if (!shape) return;
  const answer: unknown = JSON.parse(text);
  shape.parse(answer);
  const { data } = published.safeParse(answer);
  for (const { targets } of data?.results ?? []) {
    for (const one of targets) {
      if (one.status === "failed" && errorKinds[one.code].status >= 500) {
        throw new Error(`A target failed by the service's fault: ${JSON.stringify(one)}`);
      }
    }
  }
}
