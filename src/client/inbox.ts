import type { ClientError, Counts, InboxNotification, Mark, Preferences, Received } from "./api.ts";
import { asClientError } from "./client-error.ts";
import { Http } from "./http.ts";
import { entryOf, type InboxEntry, withEntry } from "./inbox-entry.ts";
import type { InboxShared } from "./inbox-front.ts";
import { type Change, type Known, nothing, withChange } from "./inbox-view.ts";
import { hasFields } from "./json.ts";
import { bytesOf, MAX_BYTES, outboxOf } from "./outbox.ts";

interface Page {
  readonly notifications: readonly InboxNotification[];
  readonly next: number | null;
  readonly counts: Counts;
  readonly position: { readonly offset: number };
}

export function create(options: InboxShared, begunAt: number): UserInbox {
  return new UserInbox(options, begunAt);
}

/** The user's inbox: pages that were fetched, what the log has told since, and marks that are on their way. */
class UserInbox {
  readonly #options: InboxShared;
  readonly #http: Http;
  #known: Known;
  /** What the service has not answered yet. */
  #changes: readonly Change[] = [];
  /** What the log has told while the first page was on its way. */
  #meanwhile: InboxEntry[] | undefined;
  /** The page's place in the log: it knows what came up to there. */
  #upTo = 0;
  /** Where the log was begun that is followed now. */
  #begunAt = 0;
  #next: number | null = null;
  /** Another one for each person. */
  #life = {};
  #loading: Promise<void> | undefined;
  #paging: Promise<void> | undefined;

  /** @param begunAt where the log was begun that is followed now. */
  constructor(options: InboxShared, begunAt: number) {
    this.#options = options;
    this.#http = new Http(options.service);
    this.#known = { ...nothing, counts: options.view.get().counts };
    this.#begunAt = begunAt;
  }

  one(id: string): Promise<InboxNotification> {
    return this.#http.get(`inbox/${encodeURIComponent(id)}`, {}, isNotification);
  }

  /** Fetches the first page (again). Where that fails, the view says so; so does `error`. */
  load(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  more(): Promise<void> {
    if (this.#next === null || this.#options.view.get().status !== "ready") return Promise.resolve();
    this.#paging ??= this.#loadMore(this.#next);
    return this.#paging;
  }

  async mark(as: Mark, which: readonly string[] | "all", upTo: number): Promise<Counts> {
    const ids = which === "all" ? undefined : which;
    if (ids?.length === 0) return this.#options.view.get().counts;
    const life = this.#life;
    const change: Change = { as, which: ids ? { ids } : { upTo }, at: this.#options.service.platform.now() };
    this.#changes = [...this.#changes, change];
    this.#show();
    const settle = (counts?: Counts) => {
      if (life !== this.#life) return;
      this.#changes = this.#changes.filter((one) => one !== change);
      if (counts) this.#known = { ...withChange(this.#known, change), counts };
      this.#show();
    };
    try {
      const counts = await this.#send({ as, ...(ids ? { ids } : { all: true, upTo }) });
      settle(counts);
      return counts;
    } catch (thrown) {
      settle();
      throw asClientError(thrown, "disconnected", true);
    }
  }

  preferences(): Promise<Preferences> {
    return this.#http.get("preferences", {}, isPreferences);
  }

  prefer(preferences: Preferences): Promise<Preferences> {
    return this.#http.ask("PUT", "preferences", isPreferences, preferences);
  }

  /** An event of the user's log, at its place. */
  hear(event: Received, replayed: boolean): void {
    if (event.event === "unread:count" && hasFields(event.data, "count")) {
      this.told({ unread: Number(event.data.count) });
    }
    const entry = entryOf(event);
    if (!entry) return;
    this.#meanwhile?.push(entry);
    if (this.#options.view.get().status === "idle") {
      // The list is fetched when somebody wants to see it; the badge is right before.
      this.told(entry.counts);
    } else if (entry.offset > this.#upTo) {
      this.#known = withEntry(this.#known, entry);
      this.#show();
    }
    this.announce(event, replayed);
    // It may be one that is not here.
    if (entry.kind === "updated" && entry.as === "unarchived") this.lost();
  }

  /** Tells those who listen of a new one, also of one that came before this part was here, which the first page has. */
  announce(event: Received, replayed: boolean): void {
    const entry = entryOf(event);
    if (entry?.kind === "new") this.#options.arrivals.tell("", entry.item, { replayed });
  }

  /** Counts of the moment. */
  told(counts: Partial<Counts>): void {
    this.#known = { ...this.#known, counts: { ...this.#known.counts, ...counts } };
    this.#show();
  }

  /** The log could not be followed: what is shown is fetched again. */
  lost(): void {
    if (this.#options.view.get().status !== "idle")
      void Promise.resolve(this.#loading).then(() => this.load());
  }

  /** The log was begun at its top: what came before that and after the page is not told. */
  begun(offset: number): void {
    this.#begunAt = offset;
    if (this.#options.view.get().status === "ready" && this.#upTo < offset) this.lost();
  }

  /** Somebody else is here now. */
  forget(): void {
    this.#known = nothing;
    this.#changes = [];
    this.#next = null;
    this.#begunAt = 0;
    this.#life = {};
    this.#meanwhile = undefined;
    this.#loading = undefined;
    this.#paging = undefined;
  }

  async #load(): Promise<void> {
    const life = this.#life;
    const meanwhile: InboxEntry[] = [];
    this.#meanwhile = meanwhile;
    this.#show("loading");
    try {
      let page = await this.#fetch();
      while (life === this.#life && page.position.offset < this.#begunAt) page = await this.#fetch();
      if (life !== this.#life) return;
      this.#upTo = page.position.offset;
      this.#next = page.next;
      const since = meanwhile.filter(({ offset }) => offset > this.#upTo);
      this.#known = since.reduce(withEntry, { items: byId(page.notifications), counts: page.counts });
      this.#done("ready");
    } catch (thrown) {
      if (life === this.#life) this.#done("failed", asClientError(thrown, "disconnected", true));
    }
  }

  #done(status: "ready" | "failed", error?: ClientError): void {
    this.#meanwhile = undefined;
    this.#loading = undefined;
    this.#show(status, error);
  }

  async #loadMore(before: number): Promise<void> {
    const life = this.#life;
    try {
      const page = await this.#fetch(before);
      // Where the first page was fetched again meanwhile, this one may not lie right behind it.
      if (life !== this.#life || this.#next !== before) return;
      this.#next = page.next;
      // What the log has told since counts more than what the page knew.
      this.#known = { ...this.#known, items: new Map([...byId(page.notifications), ...this.#known.items]) };
      this.#show();
    } finally {
      if (life === this.#life) this.#paging = undefined;
    }
  }

  #fetch(before?: number): Promise<Page> {
    return this.#http.get("inbox", { before }, isPage);
  }

  async #send(fields: object): Promise<Counts> {
    const frame = { type: "mark", ...fields };
    // So many ids have no room in a frame.
    const answer =
      bytesOf(frame) > MAX_BYTES
        ? await this.#http.ask("POST", "inbox/mark", hasCounts, fields)
        : await outboxOf(this.#options.sending).put(frame);
    return answer.counts ?? this.#known.counts;
  }

  #show(status = this.#options.view.get().status, error?: ClientError): void {
    const { items, counts } = this.#changes.reduce(withChange, this.#known);
    const shown = [...items.values()].filter(({ archivedAt }) => archivedAt === null);
    this.#options.view.set({
      status,
      items: shown.sort((a, b) => b.offset - a.offset),
      counts,
      hasMore: this.#next !== null,
      ...(error && { error }),
    });
  }
}

function byId(notifications: readonly InboxNotification[]): Map<string, InboxNotification> {
  return new Map(notifications.map((item) => [item.id, item]));
}

function isNotification(answer: unknown): answer is InboxNotification {
  return hasFields(answer, "id", "offset", "title");
}

function isPage(answer: unknown): answer is Page {
  return hasFields(answer, "notifications", "next", "counts", "position");
}

function hasCounts(answer: unknown): answer is { readonly counts: Counts } {
  return hasFields(answer, "counts");
}

function isPreferences(answer: unknown): answer is Preferences {
  return hasFields(answer, "types", "quietHours");
}
