import { z } from "zod";

const commaSeparated = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

/** Why a setting is there and what it is by default. */
interface About {
  readonly reason: string;
}

/** Any text. */
export function text(fallback: string, about: About) {
  return { schema: z.string().trim().default(fallback), default: fallback, unit: "text", ...about };
}

/** A time zone, by its name in the IANA database. */
export function timeZone(fallback: string, about: About) {
  const schema = z
    .string()
    .trim()
    .default(fallback)
    .refine(isTimeZone, "It is a time zone of the IANA database, such as Asia/Bangkok.");
  return { schema, default: fallback, unit: "time zone", ...about };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** Names parted by commas. */
export function list(fallback: string, about: About) {
  return { schema: commaSeparated.prefault(fallback), default: fallback, unit: "list", ...about };
}

/** Secrets parted by commas. */
export function secrets(about: About) {
  return { schema: commaSeparated.prefault(""), default: "", unit: "secret", ...about };
}

/** One of several words. */
export function choice<const Values extends readonly [string, ...string[]]>(
  values: Values,
  fallback: Values[number],
  about: About,
) {
  return { schema: z.enum(values).default(fallback), default: fallback, unit: values.join(" | "), ...about };
}

/** Whether something is so: `true` or `false`. */
export function flag(fallback: boolean, about: About) {
  const message = "It is true or false.";
  const schema = z
    .union([z.boolean(), z.stringbool({ truthy: ["true"], falsy: ["false"], error: message })], {
      error: message,
    })
    .default(fallback);
  return { schema, default: fallback, unit: "true | false", ...about };
}

/** A value of this form, as JSON or, where wrangler.toml holds a table, as it stands. Nothing of it is told. */
export function json<Form extends z.ZodType>(fallback: string, form: Form, about: About) {
  const schema = z
    .preprocess((given) => (typeof given === "string" ? parsed(given) : given), form)
    .prefault(fallback);
  return { schema, default: fallback, unit: "JSON", ...about };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A whole number within bounds. */
export function number(fallback: number, about: About & { unit: string; min: number; max: number }) {
  const { min, max, ...rest } = about;
  const message = `It is a whole number from ${min} to ${max}.`;
  const schema = z.coerce
    .number({ message })
    .int(message)
    .min(min, message)
    .max(max, message)
    .default(fallback);
  return { schema, default: fallback, min, max, ...rest };
}
