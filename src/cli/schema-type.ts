import { z } from "zod";

/** What JSON Schema has of which the types of events are made. */
interface Schema {
  readonly type?: string | readonly string[] | undefined;
  readonly const?: unknown | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly items?: Schema | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly additionalProperties?: Schema | boolean | undefined;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
    items: schema.optional(),
    properties: z.record(z.string(), schema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), schema]).optional(),
  }),
);

/**
 * Writes the type of what a schema takes (`input`) or gives (`output`), so that it says the same where zod is not there.
 *
 * @throws {Error} for a schema that JSON Schema cannot express, or whose type is not written here.
 * @example typeText(z.object({ at: z.number().optional() }), "output") // { at?: number | undefined }
 */
export function typeText(of: z.ZodType, io: "input" | "output"): string {
  return textOf(schema.parse(z.toJSONSchema(of, { io })));
}

function textOf(one: Schema): string {
  const { type, anyOf, oneOf, items, properties, additionalProperties } = one;
  if (one.const !== undefined) return JSON.stringify(one.const);
  if (one.enum) return one.enum.map((value) => JSON.stringify(value)).join(" | ");
  const others = anyOf ?? oneOf;
  if (others) return [...new Set(others.map(textOf))].join(" | ");
  if (items) return `(${textOf(items)})[]`;
  if (properties) return objectText(properties, one.required ?? []);
  if (typeof additionalProperties === "object") return `{ [name: string]: ${textOf(additionalProperties)} }`;
  if (Array.isArray(type)) return type.map((one) => textOf({ type: one })).join(" | ");
  if (type === "integer") return "number";
  if (type === "string" || type === "number" || type === "boolean" || type === "null") return type;
  if (type === undefined && Object.values(one).every((value) => value === undefined)) return "unknown";
  throw new Error(`There is no type for ${JSON.stringify(one)}.`);
}

function objectText(properties: Readonly<Record<string, Schema>>, required: readonly string[]): string {
  const fields = Object.entries(properties).map(([name, one]) =>
    required.includes(name)
      ? `${JSON.stringify(name)}: ${textOf(one)}`
      : `${JSON.stringify(name)}?: ${textOf(one)} | undefined`,
  );
  return `{ ${fields.join("; ")} }`;
}
