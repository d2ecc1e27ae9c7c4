import { useState } from "react";
import { useRefusalWords } from "./refusal-words.ts";

export interface Outcome {
  /** How the last thing that was asked for went, in the reader's language; empty before there was one. */
  readonly outcome: string;
  /** Does it, says `done` where it was done and why where it was not, and asks anew for what is shown. */
  readonly run: (act: () => Promise<void>, done: string) => Promise<void>;
}

/**
 * What an operator does to something in a list, and what came of it.
 *
 * @param reload asks for the list, which may have changed either way.
 */
export function useOutcome(reload: () => Promise<void>): Outcome {
  const [outcome, setOutcome] = useState("");
  const say = useRefusalWords();
  const run = async (act: () => Promise<void>, done: string) => {
    try {
      await act();
      setOutcome(done);
    } catch (error) {
      setOutcome(say(error));
    }
    await reload();
  };
  return { outcome, run };
}
