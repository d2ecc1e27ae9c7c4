/** Whether a JSON value is an object that has these fields. The service is trusted with what is in them. */
export function hasFields<Name extends string>(
  value: unknown,
  ...names: readonly Name[]
): value is Record<Name, unknown> {
  return typeof value === "object" && value !== null && names.every((name) => name in value);
}
