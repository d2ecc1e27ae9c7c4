import type {
  Channel,
  ClientError,
  ConnectionState,
  Counts,
  Happenings,
  InboxNotification,
  InboxView,
  Mark,
  Preferences,
  PresenceView,
  Received,
  Undo,
} from "../../../src/client/api.ts";
import type { RealtimeClient } from "../../../src/react/index.ts";
import { type Cell, cell } from "../../../src/react/store.ts";

/** A client that lies in memory: what it does is what a test makes it do. */
export interface MemoryClient {
  readonly client: RealtimeClient;
  /** What the client was asked to do, in words. */
  readonly asked: string[];
  setState(state: ConnectionState): void;
  happen<Kind extends keyof Happenings>(kind: Kind, happening: Happenings[Kind]): void;
  /** Delivers an event to who listens to it. */
  emit(event: Partial<Received> & { readonly event: string }): void;
  readonly inbox: Cell<InboxView>;
  /** A notification comes. */
  notify(notification: Partial<InboxNotification> & { readonly id: string }, replayed?: boolean): void;
  /** Older ones, a page at a time; what `more` brings. */
  older: InboxNotification[];
  /** The next thing that is asked for is refused, when it is let go. */
  refuseNext(): void;
  setPresence(room: string, view: PresenceView): void;
  setTyping(room: string, users: readonly string[]): void;
  refuseRoom(room: string): void;
  preferences: Preferences;
  /** How many listen to anything. */
  readonly listeners: number;
}

const nobody: PresenceView = { members: new Map(), count: 0, isNamed: false };
const page = 20;

/** Makes one that is connected as `ada`, with these notifications, newest first. */
export function memoryClient(notifications: readonly InboxNotification[] = []): MemoryClient {
  const asked: string[] = [];
  const state = cell<ConnectionState>({
    status: "connected",
    over: "websocket",
    user: "ada",
    roles: [],
    since: 0,
  });
  const inbox = cell<InboxView>({ status: "idle", items: [], counts: none, hasMore: false });
  const happenings = new Map<string, Set<(happening: never) => void>>();
  const events = new Set<{ name: string; channel?: string | undefined; hear: (event: Received) => void }>();
  const arrivals = new Set<(notification: InboxNotification, about: { replayed: boolean }) => void>();
  const rooms = new Map<
    string,
    Channel & { presenceCell: Cell<PresenceView>; typingCell: Cell<readonly string[]> }
  >();
  const refused = new Set<string>();
  let isNextRefused = false;
  let counted = 0;

  const keep = <Entry>(set: Set<Entry>, entry: Entry): Undo => {
    set.add(entry);
    counted += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      counted -= 1;
      set.delete(entry);
    };
  };
  const on =
    (channel?: string) =>
    (name: string, listener: (data: never, event: never) => void): Undo =>
      keep(events, { name, channel, hear: (event) => listener(event.data as never, event as never) });
  /** Shows at once; rolls back a moment later where it is refused. */
  const optimistic = async (
    change: (items: readonly InboxNotification[]) => readonly InboxNotification[],
  ) => {
    const before = inbox.get();
    const items = change(before.items);
    inbox.set({ ...before, items, counts: countsOf(items) });
    const isRefused = isNextRefused;
    isNextRefused = false;
    await Promise.resolve();
    if (!isRefused) return inbox.get().counts;
    inbox.set(before);
    throw Object.assign(new Error("Refused."), { code: "forbidden", retryable: false });
  };
  const load = async () => {
    asked.push("load");
    inbox.set({ ...inbox.get(), status: "loading" });
    await Promise.resolve();
    const items = notifications.slice(0, page);
    memory.older = notifications.slice(page);
    inbox.set({ status: "ready", items, counts: countsOf(notifications), hasMore: memory.older.length > 0 });
  };

  const room = (name: string) => {
    const known = rooms.get(name);
    if (known) return known;
    const presenceCell = cell(nobody);
    const typingCell = cell<readonly string[]>([]);
    let follows = 0;
    const made = {
      name,
      presenceCell,
      typingCell,
      subscription: "none" as Channel["subscription"],
      async subscribe() {
        follows += 1;
        asked.push(`subscribe ${name}`);
        made.subscription = "subscribing";
        await Promise.resolve();
        if (refused.has(name)) {
          made.subscription = "refused";
          throw Object.assign(new Error("Refused."), { code: "forbidden", retryable: false });
        }
        if (follows > 0) made.subscription = "subscribed";
      },
      unsubscribe() {
        follows -= 1;
        asked.push(`unsubscribe ${name}`);
        if (follows === 0) made.subscription = "none";
      },
      on: on(name),
      async publish(event: string) {
        asked.push(`publish ${event}`);
      },
      presence: {
        get: () => presenceCell.get(),
        subscribe: (listener: () => void) => presenceCell.subscribe(listener),
        set: async () => {},
      },
      typing: typingCell,
      startTyping: () => void asked.push("startTyping"),
      stopTyping: () => void asked.push("stopTyping"),
      history: async () => ({ events: [], more: false, position: { epoch: "0", offset: 0 } }),
    };
    rooms.set(name, made);
    return made;
  };

  const memory: MemoryClient = {
    asked,
    inbox,
    older: [],
    preferences: { types: {}, quietHours: null },
    get listeners() {
      return counted;
    },
    client: {
      get state() {
        return state.get();
      },
      clientId: "memory",
      connect: () => void asked.push("connect"),
      retry: () => void asked.push("retry"),
      close: () => void asked.push("close"),
      signOut: () => void asked.push("signOut"),
      setUser: () => {},
      on: on(),
      listen(kind, listener) {
        const set = happenings.get(kind) ?? new Set();
        happenings.set(kind, set);
        return keep(set, listener);
      },
      channel: room,
      inbox: {
        get: (() => inbox.get()) as RealtimeClient["inbox"]["get"],
        subscribe(listener) {
          if (inbox.get().status === "idle") void load();
          const stop = inbox.subscribe(listener);
          counted += 1;
          return () => {
            counted -= 1;
            stop();
          };
        },
        load,
        async more() {
          asked.push("more");
          inbox.set({ ...inbox.get(), status: "loading" });
          await Promise.resolve();
          const { items, counts } = inbox.get();
          const next = memory.older.splice(0, page);
          inbox.set({
            status: "ready",
            items: [...items, ...next],
            counts,
            hasMore: memory.older.length > 0,
          });
        },
        mark(as, which) {
          asked.push(`mark ${as} ${which === "all" ? which : which.join()}`);
          return optimistic((items) => items.flatMap((item) => marked(item, as, which)));
        },
        async clear() {
          asked.push("clear");
          await optimistic(() => []);
        },
        onNew: (listener) => keep(arrivals, listener),
        preferences: {
          get: async () => memory.preferences,
          async set(preferences) {
            asked.push("preferences");
            await Promise.resolve();
            if (isNextRefused) {
              isNextRefused = false;
              throw Object.assign(new Error("Refused."), { code: "invalid_body", retryable: false });
            }
            memory.preferences = preferences;
            return preferences;
          },
        },
      },
      stats: () => {
        throw new Error("No test asks for this.");
      },
    },
    setState(next) {
      state.set(next);
      memory.happen("state", next);
    },
    happen(kind, happening) {
      for (const listener of [...(happenings.get(kind) ?? [])]) listener(happening as never);
    },
    emit(given) {
      const about = { log: "user:ada", channel: "user:ada", data: {}, id: `e${++made}`, at: Date.now() };
      const event: Received = { ...about, ...given };
      for (const { name, channel, hear } of [...events]) {
        if (name !== "*" && name !== event.event) continue;
        if (channel === undefined || channel === event.channel) hear(event);
      }
    },
    notify(given, replayed = false) {
      const notification = notificationOf(given);
      const { items, hasMore } = inbox.get();
      const all = [notification, ...items];
      inbox.set({ status: "ready", items: all, counts: countsOf(all), hasMore });
      for (const listener of [...arrivals]) listener(notification, { replayed });
    },
    refuseNext() {
      isNextRefused = true;
    },
    setPresence: (name, view) => room(name).presenceCell.set(view),
    setTyping: (name, users) => room(name).typingCell.set(users),
    refuseRoom: (name) => void refused.add(name),
  };
  return memory;
}

let made = 0;
const none: Counts = { total: 0, unread: 0, unseen: 0 };

/** A notification with what a test says of it. */
export function notificationOf(
  given: Partial<InboxNotification> & { readonly id: string },
): InboxNotification {
  return {
    offset: ++made,
    type: "payment",
    title: `Title of ${given.id}`,
    message: `Message of ${given.id}`,
    priority: "normal",
    createdAt: Date.now(),
    seenAt: null,
    readAt: null,
    archivedAt: null,
    data: {},
    ...given,
  };
}

function countsOf(items: readonly InboxNotification[]): Counts {
  return {
    total: items.length,
    unread: items.filter(({ readAt }) => readAt === null).length,
    unseen: items.filter(({ seenAt }) => seenAt === null).length,
  };
}

function marked(
  item: InboxNotification,
  as: Mark,
  which: readonly string[] | "all",
): readonly InboxNotification[] {
  if (which !== "all" && !which.includes(item.id)) return [item];
  const now = Date.now();
  if (as === "deleted" || as === "archived") return [];
  if (as === "read") return [{ ...item, readAt: item.readAt ?? now, seenAt: item.seenAt ?? now }];
  if (as === "unread") return [{ ...item, readAt: null }];
  return [{ ...item, seenAt: item.seenAt ?? now }];
}

/** An error as the client gives it. */
export function clientError(code: string): ClientError {
  return Object.assign(new Error(code), { code, retryable: false });
}
