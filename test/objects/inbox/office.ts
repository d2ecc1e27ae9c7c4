import { exports } from "cloudflare:workers";
import { z } from "zod";
import type { Selection } from "../../../src/objects/inbox.ts";
import { countsSchema, type Mark } from "../../../src/protocol/frames.ts";
import { ORIGIN, tokenFor } from "../listener.ts";
import { pageSchema } from "./asking.ts";
import type { User } from "./cast.ts";
import type { Journal } from "./journal.ts";
import type { Names } from "./names.ts";
import { noteOf, type Snapshot } from "./wire.ts";

const marked = z.object({ counts: countsSchema, position: z.object({ offset: z.number() }) });

/** How often an inbox is read anew that changes while it is read. */
const READ_ATTEMPTS = 50;

/** The service's HTTP interface, as the users of a run and their backend use it. What it answers is written down. */
export class Office {
  readonly #names: Names;
  readonly #journal: Journal;
  readonly #tokens = new Map<User, Promise<string>>();

  constructor(names: Names, journal: Journal) {
    this.#names = names;
    this.#journal = journal;
  }

  tokenOf(user: User): Promise<string> {
    const options = { user: this.#names.user(user), roles: this.#names.roles(user) };
    const token = this.#tokens.get(user) ?? tokenFor(options);
    this.#tokens.set(user, token);
    return token;
  }

  async mark(user: User, as: Mark, selection: Selection): Promise<z.output<typeof marked> | undefined> {
    const body = await this.#ask(user, "POST", "/inbox/mark", { as, ...selection });
    return body === undefined ? undefined : marked.parse(body);
  }

  /** Takes a notification back, as the backend. @returns whether that was answered. */
  async recall(user: User, id: string): Promise<boolean> {
    const path = `/users/${this.#names.user(user)}/inbox/${id}`;
    const { status } = await request("dev-only-publish-key", "DELETE", path);
    return status === 200 || status === 404;
  }

  /** Reads pages one after the other, as many as are wanted. */
  async read(user: User, filter: string, limit: number, pages = Number.POSITIVE_INFINITY) {
    const read: z.output<typeof pageSchema>[] = [];
    for (let before: number | undefined; pages > read.length; ) {
      const query = `limit=${limit}&${filter}${before === undefined ? "" : `&before=${before}`}`;
      const body = await this.#ask(user, "GET", `/inbox?${query}`);
      if (body === undefined) return undefined;
      const page = pageSchema.parse(body);
      const unread = filter.startsWith("unread") ? filter === "unread=true" : undefined;
      const asked = { archived: filter === "archived=true", unread };
      this.#journal.reads.push({ user, at: Date.now(), query: asked, before, limit, page });
      read.push(page);
      if (page.next === null) break;
      before = page.next;
    }
    return read;
  }

  /** The whole inbox as it was at one moment. */
  async readAll(user: User): Promise<Snapshot> {
    for (let tries = 0; tries < READ_ATTEMPTS; tries++) {
      const inbox = await this.read(user, "", 7);
      const archive = await this.read(user, "archived=true", 7);
      const pages = [...(inbox ?? []), ...(archive ?? [])];
      const [first] = pages;
      if (!inbox || !archive || !first) continue;
      if (pages.some(({ position }) => position.offset !== first.position.offset)) continue;
      const notes = pages.flatMap(({ notifications }) => notifications.map(noteOf));
      return { notes, counts: first.counts, position: first.position };
    }
    throw new Error("The inbox was never still, or never answered.");
  }

  /** @returns the answer, or nothing where the service could not be reached. */
  async #ask(user: User, method: string, path: string, body?: object): Promise<unknown> {
    const answer = await request(await this.tokenOf(user), method, path, body);
    if (answer.status === 503) return undefined;
    if (answer.status !== 200) this.#journal.faults.push(`${method} ${path}: ${answer.status}`);
    return answer.body;
  }
}

export async function request(token: string, method: string, path: string, body?: object) {
  const response = await exports.default.fetch(`${ORIGIN}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}
