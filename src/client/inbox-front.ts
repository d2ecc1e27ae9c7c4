import type { ClientError, Counts, Inbox, InboxNotification, InboxView, Mark, Received } from "./api.ts";
import { type Complaint, createListeners, type Listeners } from "./emitter.ts";
import type { HttpOptions } from "./http.ts";
import { hasFields } from "./json.ts";
import type { Sending } from "./outbox.ts";
import { parts } from "./parts.ts";
import { createStandIn } from "./stand-in.ts";
import { createValue, type Value } from "./value.ts";

export interface InboxOptions {
  readonly service: HttpOptions;
  readonly sending: Sending;
  mayFetch(): boolean;
  readonly complain: Complaint;
  /** How far the client has come in the user's log. */
  offset(): number;
}

/** What the front and the rest of the inbox have in common. */
export interface InboxShared extends InboxOptions {
  readonly view: Value<InboxView>;
  readonly arrivals: Listeners<[InboxNotification, { readonly replayed: boolean }]>;
}

/** The inbox, and what its client tells it. */
export interface InboxFront extends Inbox {
  /** An event of the user's log, at its place. */
  hear(event: Received, replayed: boolean): void;
  /** Counts of the moment. */
  told(counts: Partial<Counts>): void;
  /** The log could not be followed: what is shown is fetched again. */
  lost(): void;
  /** The log was begun at its top: what came before that and after the page is not told. */
  begun(offset: number): void;
  /** There is a connection: what could not be fetched perhaps can be now. */
  connected(): void;
  /** Somebody else is here now. */
  forget(): void;
}

const nobodys: InboxView = {
  status: "idle",
  items: [],
  counts: { total: 0, unread: 0, unseen: 0 },
  hasMore: false,
};

/**
 * What a page has of the inbox from the start: the counts. The rest is fetched when it is first asked for something. Until
 * it is here notifications that somebody listens for wait for it.
 */
export function createInbox(options: InboxOptions): InboxFront {
  const view = createValue(nobodys, options.complain);
  const arrivals: InboxShared["arrivals"] = createListeners(options.complain);
  let begunAt = 0;
  /** What somebody listens for, and has not been told yet. */
  let untold: (readonly [Received, boolean])[] = [];
  const whole = createStandIn(
    parts.inbox,
    ({ create }) => create({ ...options, view, arrivals }, begunAt),
    options.mayFetch,
  );

  function show(now: Partial<InboxView>): void {
    view.set({ ...nobodys, counts: view.get().counts, ...now });
  }

  function loadList(): Promise<void> {
    if (!whole.here()) show({ status: "loading" });
    return whole
      .ask((inbox) => inbox.load())
      .catch((error: ClientError) => {
        if (error.code !== "closed") show({ status: "failed", error });
      });
  }

  function told(some: Partial<Counts>): void {
    const before = view.get();
    const inbox = whole.here();
    if (inbox) inbox.told(some);
    else view.set({ ...before, counts: { ...before.counts, ...some } });
  }

  function get(): InboxView;
  function get(id: string): Promise<InboxNotification>;
  function get(id?: string): InboxView | Promise<InboxNotification> {
    return id === undefined ? view.get() : whole.ask((inbox) => inbox.one(id));
  }

  const mark = (as: Mark, which: readonly string[] | "all", upTo = options.offset()) =>
    whole.ask((inbox) => inbox.mark(as, which, upTo), true);

  return {
    get,
    subscribe(listener) {
      if (view.get().status === "idle") void loadList();
      return view.subscribe(listener);
    },
    load: loadList,
    // Before the first page there is no next one.
    more: async () => whole.here()?.more(),
    mark,
    clear: () => mark("deleted", "all").then(() => undefined),
    onNew(listener) {
      whole.tell((inbox) => {
        for (const one of untold.splice(0)) inbox.announce(...one);
      });
      return arrivals.add("", listener);
    },
    preferences: {
      get: () => whole.ask((inbox) => inbox.preferences()),
      set: (preferences) => whole.ask((inbox) => inbox.prefer(preferences)),
    },
    hear(heard, replayed) {
      const { event, data, offset } = heard;
      const inbox = whole.here();
      if (inbox) inbox.hear(heard, replayed);
      else if (offset && event.startsWith("notification:") && hasCounts(data)) {
        told(data.counts);
        if (arrivals.has("")) untold.push([heard, replayed]);
      }
    },
    told,
    lost: () => whole.here()?.lost(),
    begun(offset) {
      begunAt = offset;
      whole.here()?.begun(offset);
    },
    connected() {
      if (view.get().status === "failed") void loadList();
      whole.connected();
    },
    forget() {
      begunAt = 0;
      untold = [];
      whole.forget();
      whole.here()?.forget();
      view.set(nobodys);
    },
  };
}

function hasCounts(data: unknown): data is { readonly counts: Counts } {
  return hasFields(data, "counts");
}
