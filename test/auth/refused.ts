import { CarillonError } from "../../src/protocol/errors.ts";

/** The error that refuses; anything else that happens fails the test. */
export async function refusalOf(outcome: Promise<unknown>): Promise<{ code: string; detail: string }> {
  try {
    await outcome;
  } catch (error) {
    if (error instanceof CarillonError) return { code: error.code, detail: error.message };
    throw error;
  }
  throw new Error("It was accepted, although it should be refused.");
}
