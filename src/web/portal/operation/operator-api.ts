import * as z from "zod/mini";
import { askForText, askService } from "../service.ts";

const stats = z.object({
  at: z.number(),
  limit: z.number(),
  connections: z.number(),
  users: z.number(),
  roles: z.record(z.string(), z.number()),
  tenants: z.record(z.string(), z.number()),
  roomsInUse: z.number(),
  rooms: z.array(z.object({ room: z.string(), connections: z.number(), since: z.number() })),
});

const connection = z.object({
  connection: z.string(),
  user: z.string(),
  client: z.string(),
  since: z.number(),
  rooms: z.array(z.string()),
});

const listed = z.object({ list: z.array(connection), next: z.nullable(z.string()) });

const letter = z.object({
  id: z.number(),
  at: z.number(),
  code: z.string(),
  reason: z.string(),
  object: z.nullable(z.object({ kind: z.string(), name: z.string() })),
  publications: z.array(z.object({ id: z.string(), events: z.array(z.object({ event: z.string() })) })),
});

const letters = z.object({ deadLetters: z.array(letter), more: z.boolean() });
const health = z.object({ version: z.string(), environment: z.string(), enabled: z.boolean() });

export type Stats = z.infer<typeof stats>;
export type OpenConnection = z.infer<typeof connection>;
export type ListedConnections = z.infer<typeof listed>;
export type DeadLetter = z.infer<typeof letter>;
export type DeadLetters = z.infer<typeof letters>;
export type Health = z.infer<typeof health>;

/** What an operator asks of the service with a token of their own, each as docs/http.md says. */
export class OperatorApi {
  readonly #token: () => Promise<string>;

  constructor(token: () => Promise<string>) {
    this.#token = token;
  }

  async stats(): Promise<Stats> {
    return await askService(stats, "/stats", { token: await this.#token() });
  }

  async metrics(): Promise<string> {
    return await askForText("/metrics", { token: await this.#token() });
  }

  async health(): Promise<Health> {
    return await askService(health, "/health");
  }

  /** @param after the `next` of the page before. */
  async connections(after?: string): Promise<ListedConnections> {
    const place = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
    return await askService(listed, `/stats?connections=true&limit=20${place}`, {
      token: await this.#token(),
    });
  }

  /** Ends one connection. */
  async disconnect({ user, connection: id }: OpenConnection): Promise<void> {
    const path = `/users/${encodeURIComponent(user)}/disconnect`;
    await askForText(path, { method: "POST", body: { connection: id }, token: await this.#token() });
  }

  /** @param before the last id of the page before. */
  async deadLetters(before?: number): Promise<DeadLetters> {
    const place = before === undefined ? "" : `&before=${before}`;
    return await askService(letters, `/dead-letters?limit=20${place}`, { token: await this.#token() });
  }

  async retry(id: number): Promise<void> {
    await askForText(`/dead-letters/${id}/retry`, { method: "POST", body: {}, token: await this.#token() });
  }
}
