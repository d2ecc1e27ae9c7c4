import type fc from "fast-check";

/** One way of trying the service: what is tried, and by whom it is judged. */
export interface Lane<Case> extends Disposable {
  readonly name: string;
  readonly cases: fc.Arbitrary<Case>;
  /** @throws {Error} saying what is wrong with what came of it. */
  try(one: Case): Promise<void>;
  /** Ends what is still open, and sees whether anybody else was harmed. @throws {Error} saying by what. */
  settle(): Promise<void>;
}
