import { CarillonError } from "../../src/protocol/errors.ts";

/** The error that a call throws and that may be told; anything else that happens fails the test. */
export function errorOf(call: () => unknown): CarillonError {
  try {
    call();
  } catch (error) {
    if (error instanceof CarillonError) return error;
    throw error;
  }
  throw new Error("It was accepted, although it should be refused.");
}
