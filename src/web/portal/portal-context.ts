import { createContext, useContext, useSyncExternalStore } from "react";
import type { Client } from "../../client/index.ts";
import type { Session } from "./session.ts";
import type { Story, StoryView } from "./story.ts";

/** What every page of somebody who is signed in has at hand. */
export interface Portal {
  readonly session: Session;
  readonly client: Client;
  readonly story: Story;
  /** For questions of the pages' own, to the routes of docs/http.md. */
  readonly token: () => Promise<string>;
  readonly signOut: () => void;
}

export const PortalContext = createContext<Portal | undefined>(undefined);

/** @throws {Error} where nobody is signed in. */
export function usePortal(): Portal {
  const portal = useContext(PortalContext);
  if (!portal) throw new Error("This is shown to who is signed in.");
  return portal;
}

/** The user's log as it is now, to be folded into what a page shows. */
export function useStory(): StoryView {
  const { story } = usePortal();
  return useSyncExternalStore(story.subscribe, story.get);
}
