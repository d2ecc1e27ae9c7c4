import { useMemo } from "react";
import { useStory } from "../portal-context.ts";
import type { StoryView } from "../story.ts";
import { type Heard, hear } from "./heard.ts";

/** The user's log, folded anew with each event into what a page shows. */
export function useHeard<Told>(fold: (events: readonly Heard[]) => Told): {
  readonly status: StoryView["status"];
  readonly told: Told;
} {
  const { status, events } = useStory();
  const told = useMemo(() => fold(hear(events)), [events, fold]);
  return { status, told };
}
