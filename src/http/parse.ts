import type { z } from "zod";
import { CarillonError } from "../protocol/errors.ts";

/**
 * Checks a body against its schema.
 *
 * @throws {CarillonError} `invalid_body`, with a path for each thing that is wrong.
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new CarillonError("invalid_body", "The body does not fit its schema.", { issues });
}
