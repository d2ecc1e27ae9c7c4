import { useMemo } from "react";
import type { Counts, InboxView, Mark } from "../client/api.ts";
import { useClient } from "./provider.tsx";
import { useStore } from "./store.ts";

/** What can be done to the inbox. Each shows at once and is rolled back, and rejects, where the service refuses it. */
export interface InboxActions {
  readonly loadMore: () => Promise<void>;
  /** Fetches the first page again, after a failure say. */
  readonly reload: () => Promise<void>;
  readonly mark: (as: Mark, which: string | readonly string[] | "all") => Promise<Counts>;
  readonly markRead: (...ids: readonly string[]) => Promise<Counts>;
  readonly markAllRead: () => Promise<Counts>;
  readonly markAllSeen: () => Promise<Counts>;
  readonly archive: (...ids: readonly string[]) => Promise<Counts>;
  readonly remove: (...ids: readonly string[]) => Promise<Counts>;
  /** Deletes everything that this client knows of. */
  readonly clear: () => Promise<void>;
}

export type InboxModel = InboxView & InboxActions;

const onServer: InboxView = {
  status: "idle",
  items: [],
  counts: { total: 0, unread: 0, unseen: 0 },
  hasMore: false,
};

/**
 * The user's notifications, newest first, with their counts, in step with every other device.
 *
 * @example
 * const { items, counts, markAllRead } = useInbox();
 */
export function useInbox(): InboxModel {
  const { inbox } = useClient();
  const view = useStore<InboxView>(inbox, onServer);
  const actions = useMemo<InboxActions>(() => {
    const mark: InboxActions["mark"] = (as, which) =>
      inbox.mark(as, typeof which === "string" && which !== "all" ? [which] : which);
    return {
      mark,
      loadMore: () => inbox.more(),
      reload: () => inbox.load(),
      markRead: (...ids) => inbox.mark("read", ids),
      markAllRead: () => inbox.mark("read", "all"),
      markAllSeen: () => inbox.mark("seen", "all"),
      archive: (...ids) => inbox.mark("archived", ids),
      remove: (...ids) => inbox.mark("deleted", ids),
      clear: () => inbox.clear(),
    };
  }, [inbox]);
  return useMemo(() => ({ ...view, ...actions }), [view, actions]);
}
