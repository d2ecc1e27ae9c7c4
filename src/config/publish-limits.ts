import { z } from "zod";

const segment = String.raw`(?:\*|\{\w+\}|[\w\-=@,.;|+~!%]+)`;

const channelPattern = z
  .string()
  .max(200)
  .regex(new RegExp(`^${segment}(?::${segment})*$`));

const eventName = z.string().regex(/^[\w:.-]{1,100}$/);

/**
 * What a publish key may do: the channels that it may reach, as patterns whose `{name}` and `*` stand for one segment,
 * and the events that it may post. What is left out is not limited.
 */
const publishLimits = z
  .strictObject({
    channels: z.array(channelPattern).min(1).exactOptional(),
    events: z.array(eventName).min(1).exactOptional(),
  })
  .refine(({ channels, events }) => channels !== undefined || events !== undefined);

export type PublishLimits = z.output<typeof publishLimits>;

const named = z.array(z.tuple([z.string(), publishLimits]));

/** `PUBLISH_KEY_LIMITS`: limits by the name of the key. Whatever is wrong, the message is the same and tells nothing. */
export const publishKeyLimits = z
  .unknown()
  .transform((given, context): ReadonlyMap<string, PublishLimits> => {
    // Entries, not a record, which would leave the name __proto__ out and so its key without limits.
    const isTable = typeof given === "object" && given !== null && !Array.isArray(given);
    const parsed = named.safeParse(isTable ? Object.entries(given) : undefined);
    if (parsed.success) return new Map(parsed.data);
    context.addIssue({
      code: "custom",
      message:
        'It is {"<name of a key>": {"channels": [<patterns>], "events": [<names>]}}, either list or both.',
    });
    return z.NEVER;
  });
