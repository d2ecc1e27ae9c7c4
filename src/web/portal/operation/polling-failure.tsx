import { useRefusalWords } from "./refusal-words.ts";
import type { Polled } from "./use-polled.ts";

/** Says why what is shown is missing or old, where the last question was not answered. It is asked again by itself. */
export function PollingFailure({ of: { error } }: { readonly of: Pick<Polled<unknown>, "error"> }) {
  const say = useRefusalWords();
  return (
    <p className="problem" role="alert">
      {error === undefined ? "" : say(error)}
    </p>
  );
}
