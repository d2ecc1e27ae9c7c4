import { type ErrorCode, errorKinds } from "../../protocol/errors.ts";
import type { Preferences } from "../api.ts";
import { hasFields } from "../json.ts";
import { sinceOf } from "./fake-address.ts";
import { type FakeLog, positionIn } from "./fake-log.ts";
import type { FakeServer } from "./fake-server.ts";
import { type FakeUser, markIn } from "./fake-user.ts";

/** Answers over HTTP as the service does: polling, histories, the inbox, preferences. */
export class FakeHttp {
  readonly #server: FakeServer;

  constructor(server: FakeServer) {
    this.#server = server;
  }

  async fetch(address: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address);
    const token = new Headers(init.headers).get("Authorization")?.replace(/^Bearer /, "");
    const id = this.#server.userOf(token);
    if (id === undefined) return problem("unauthorized");
    const [, room] = /^\/rooms\/([^/]+)\/events$/.exec(url.pathname) ?? [];
    if (room !== undefined) return this.#pollRoom(id, decodeURIComponent(room), url);
    if (url.pathname === "/events") return this.#poll(this.#server.user(id).log, url);
    return answer(url, init, this.#server.user(id));
  }

  #pollRoom(user: string, name: string, url: URL): Response {
    const { audiences, mayFollow } = this.#server.options;
    // What lies in the users' own logs is no room.
    const isRoom = !name.startsWith("user:") && !audiences.includes(name);
    if (!isRoom || !mayFollow(user, name)) return problem("forbidden");
    return this.#poll(this.#server.room(name).log, url);
  }

  #poll(log: FakeLog, url: URL): Response {
    const limit = Number(url.searchParams.get("limit") ?? 200);
    const pollAfter = this.#server.isEnabled ? 5000 : 15_000;
    const before = positionIn(url.searchParams.get("before"));
    if (before) {
      const events = log.before(before.offset, limit);
      const offset = events[0]?.offset ?? before.offset;
      return json({ events, position: { ...log.top, offset }, recovered: true, more: offset > 1, pollAfter });
    }
    const since = sinceOf(url);
    const { position, recovered } = log.begin(since);
    const missed = since && recovered ? log.after(position) : [];
    const events = missed.slice(0, limit);
    const more = missed.length > limit;
    return json({
      events,
      position: { epoch: log.top.epoch, offset: position.offset + events.length },
      recovered,
      more,
      pollAfter: more ? 0 : pollAfter,
    });
  }
}

function answer(
  { pathname, searchParams }: URL,
  { method = "GET", body }: RequestInit,
  user: FakeUser,
): Response {
  const given: unknown = JSON.parse(typeof body === "string" ? body : "null");
  const { counts } = user;
  if (pathname === "/preferences") {
    if (method === "PUT" && isPreferences(given)) user.preferences = given;
    return json(user.preferences);
  }
  if (pathname === "/inbox/counts") return json({ counts, position: user.log.top });
  if (pathname === "/inbox/mark") return json({ counts: mark(given, user), position: user.log.top });
  if (pathname === "/inbox") {
    const limit = Number(searchParams.get("limit") ?? 50);
    const page = user.page(Number(searchParams.get("before") ?? Number.POSITIVE_INFINITY), limit + 1);
    const notifications = page.slice(0, limit);
    const next = page.length > limit ? (notifications.at(-1)?.offset ?? null) : null;
    return json({ notifications, next, counts, position: user.log.top });
  }
  const [, id = ""] = /^\/inbox\/([^/]+)$/.exec(pathname) ?? [];
  const item = user.find(decodeURIComponent(id));
  return item ? json(item) : problem("not_found");
}

function mark(given: unknown, user: FakeUser) {
  if (!hasFields(given, "as")) return user.counts;
  const ids = "ids" in given && Array.isArray(given.ids) ? given.ids.map(String) : undefined;
  const upTo = "upTo" in given ? Number(given.upTo) : user.log.top.offset;
  return user.mark(markIn(given.as), ids ? { ids } : { upTo });
}

function isPreferences(value: unknown): value is Preferences {
  return hasFields(value, "types", "quietHours");
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });
}

function problem(code: ErrorCode): Response {
  const { status, title } = errorKinds[code];
  return json({ type: `urn:carillon:error:${code}`, title, status, code, detail: title }, status);
}
