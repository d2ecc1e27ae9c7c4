import fc from "fast-check";

/** Draws a record, without a null prototype, which would make a counterexample hard to read. */
export function record<Model>(
  model: { [Key in keyof Model]: fc.Arbitrary<Model[Key]> },
): fc.Arbitrary<Model> {
  return fc.record<Model>(model, { noNullPrototype: true });
}

/** Draws the usual value twice as often as all others together. */
export function often<Value>(usual: Value, ...others: Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 2 * others.length, arbitrary: fc.constant(usual) },
    ...others.map((value) => fc.constant(value)),
  );
}
