import { z } from "zod";
import type { Answer, Backend } from "./backend.ts";
import type { Service } from "./service.ts";
import { type Claims, userToken } from "./token.ts";

const time = z.number().nullable();

export const countsSchema = z.strictObject({ total: z.number(), unread: z.number(), unseen: z.number() });

export type Counts = z.output<typeof countsSchema>;

const position = z.strictObject({ epoch: z.string(), offset: z.number() });

/** A notification as its reader is shown it. */
export const itemSchema = z.strictObject({
  id: z.string(),
  offset: z.number(),
  type: z.string(),
  title: z.string(),
  message: z.string(),
  actionUrl: z.string().optional(),
  actionText: z.string().optional(),
  priority: z.enum(["low", "normal", "high", "critical"]),
  collapseKey: z.string().optional(),
  expiresAt: z.number().optional(),
  silent: z.literal(true).optional(),
  createdAt: z.number(),
  seenAt: time,
  readAt: time,
  archivedAt: time,
  data: z.unknown(),
});

export type Item = z.output<typeof itemSchema>;

const pageSchema = z.strictObject({
  notifications: z.array(itemSchema),
  next: z.number().nullable(),
  counts: countsSchema,
  position,
});

export type InboxPage = z.output<typeof pageSchema>;

const badgeSchema = z.strictObject({ counts: countsSchema, position });

export type Badge = z.output<typeof badgeSchema>;

/** A user who looks after the inbox over HTTP. Every answer is checked to be whole, and to be kept by nobody. */
export class InboxOwner {
  readonly #service: Service;
  readonly #backend: Backend;
  readonly #claims: Claims;

  constructor(service: Service, backend: Backend, claims: Claims) {
    this.#service = service;
    this.#backend = backend;
    this.#claims = claims;
  }

  token(): Promise<string> {
    return userToken(this.#service, this.#claims);
  }

  /** Asks for anything, and gives the answer as it is. */
  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { ...init.headers, Authorization: `Bearer ${await this.token()}` };
    return this.#backend.ask(path, { ...init, headers });
  }

  /** @param query what to ask for: `unread=true&limit=2` */
  page(query = ""): Promise<InboxPage> {
    return this.#get(pageSchema, `/inbox?${query}`);
  }

  /** All pages, one after the other. `between` is awaited after each. */
  async walk(query = "", between: (page: InboxPage) => unknown = () => undefined): Promise<InboxPage[]> {
    const pages: InboxPage[] = [];
    for (let before: number | null | undefined; before !== null; ) {
      const page = await this.page(before === undefined ? query : `${query}&before=${before}`);
      pages.push(page);
      await between(page);
      before = page.next;
    }
    return pages;
  }

  counts(): Promise<Badge> {
    return this.#get(badgeSchema, "/inbox/counts");
  }

  read(id: string): Promise<Item> {
    return this.#get(itemSchema, `/inbox/${encodeURIComponent(id)}`);
  }

  mark(body: object): Promise<Badge> {
    return this.#get(badgeSchema, "/inbox/mark", { method: "POST", body: JSON.stringify(body) });
  }

  delete(id: string): Promise<Badge> {
    return this.#get(badgeSchema, `/inbox/${encodeURIComponent(id)}`, { method: "DELETE" });
  }

  /** Deletes everything that arrived up to an offset, or everything. */
  clear(upTo?: number): Promise<Badge> {
    const query = upTo === undefined ? "" : `?upTo=${upTo}`;
    return this.#get(badgeSchema, `/inbox${query}`, { method: "DELETE" });
  }

  preferences(): Promise<unknown> {
    return this.#get(z.unknown(), "/preferences");
  }

  prefer(preferences: object): Promise<unknown> {
    return this.#get(z.unknown(), "/preferences", { method: "PUT", body: JSON.stringify(preferences) });
  }

  async #get<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    init: RequestInit = {},
  ): Promise<z.output<Schema>> {
    const { status, headers, text } = await this.ask(path, init);
    if (status !== 200) throw new Error(`${init.method ?? "GET"} ${path} was answered ${status}: ${text}`);
    const told = [headers.get("Content-Type"), headers.get("Cache-Control")].join();
    if (told !== "application/json,no-store") throw new Error(`${path} was answered with ${told}.`);
    return schema.parse(JSON.parse(text));
  }
}
