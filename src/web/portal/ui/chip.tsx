import type { ReactNode } from "react";
import type { Tone } from "./tone.ts";

/** A state in one word. */
export function Chip({ tone = "grey", children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className="chip" data-tone={tone}>
      {children}
    </span>
  );
}
