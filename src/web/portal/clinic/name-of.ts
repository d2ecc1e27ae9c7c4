import * as z from "zod/mini";
import type { PresenceView } from "../../../client/index.ts";
import { nameOf as nameInDemo } from "../people.ts";

/** What somebody at the board says of themselves, for the others to read. */
export const presenceState = z.object({ name: z.string() });

/** How a member of the staff is called: as they say themselves while they are there, else as the demo knows them. */
export function nameOf(user: string, members?: PresenceView["members"]): string {
  const state = presenceState.safeParse(members?.get(user));
  if (state.success) return state.data.name;
  return nameInDemo(user);
}
