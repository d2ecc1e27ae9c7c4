import { z } from "zod";
import { publishedEventSchema } from "../../delivery/event.ts";
import { statementSchema } from "../../objects/identity-record.ts";
import { markRequestSchema } from "../../objects/inbox-page.ts";
import { preferencesSchema } from "../../objects/preferences.ts";
import { tokenRequest } from "../development.ts";
import { ticketRequest } from "../ticket.ts";
import { disconnection } from "../users.ts";
import { answers } from "./answers.ts";

/** Who may ask; docs/http.md says what each shows. */
export type Asker = "anyone" | "user" | "publisher" | "publisher or user" | "operator" | "development";

/** One route as it is documented. */
export interface DocumentedRoute {
  readonly method: "get" | "post" | "put" | "delete";
  /** As src/http/app.ts has it. */
  readonly path: string;
  /** Its name in generated clients. */
  readonly name: string;
  readonly tag: keyof typeof tags;
  readonly who: Asker;
  readonly summary: string;
  readonly query?: Readonly<Record<string, z.ZodType>>;
  /** The schema by which the body is checked. */
  readonly body?: { readonly schema: z.ZodType; readonly isOptional?: boolean };
  /** The schema of the answer; nothing for an upgrade and for pages. */
  readonly answer?: z.ZodType;
  /** What the answer is where it is no JSON. */
  readonly other?: "upgrade" | "html" | "text" | "script";
}

/** What the routes are gathered under. */
export const tags = {
  connecting: "Opening sockets, and the tickets for that.",
  publishing: "Posting events, and what became of them.",
  polling: "What a socket would bring, for clients that have none.",
  inbox: "A user's notifications and what they want of them.",
  users: "What an operator does with a user.",
  service: "The service itself.",
  development: "Routes that exist in development only.",
} as const;

const whole = z.number().int().positive();
const client = z.string().max(64).describe("The device that asks, as in `?client=` of /connect.");
const since = z.string().describe("A position, `<epoch>.<offset>`: what follows it.");
const before = z.string().describe("A position: what comes before it.");
const limit = whole.describe("The most that is answered.");

/** Every route that is there to be called, in the order of src/http/app.ts. */
export const routes: readonly DocumentedRoute[] = [
  {
    ...{ method: "get", path: "/health", name: "getHealth", tag: "service", who: "anyone" },
    summary: "Whether the service can work",
    answer: answers.health,
  },
  {
    ...{ method: "get", path: "/openapi.json", name: "getOpenApi", tag: "service", who: "anyone" },
    summary: "This document",
    answer: answers.openapi,
  },
  {
    ...{ method: "get", path: "/docs", name: "getDocs", tag: "service", who: "anyone", other: "html" },
    summary: "This document, to be read",
  },
  {
    ...{
      method: "get",
      path: "/client.js",
      name: "getClient",
      tag: "service",
      who: "anyone",
      other: "script",
    },
    summary: "The client for browsers, as a module",
  },
  {
    ...{ method: "get", path: "/client/:part", name: "getClientPart", tag: "service", who: "anyone" },
    summary: "A part of the client, which `/client.js` imports when it is needed",
    other: "script",
  },
  {
    ...{ method: "get", path: "/connect", name: "connect", tag: "connecting", who: "user", other: "upgrade" },
    summary: "Upgrade to the user's socket",
    query: { client, since },
  },
  {
    ...{ method: "get", path: "/rooms/:room/connect", name: "connectRoom", tag: "connecting", who: "user" },
    summary: "Upgrade to a room's own socket",
    query: { client, since },
    other: "upgrade",
  },
  {
    ...{ method: "post", path: "/publish", name: "publish", tag: "publishing", who: "publisher or user" },
    summary: "Publish one event, or an array of up to 100",
    body: { schema: z.union([publishedEventSchema, z.array(publishedEventSchema).min(1).max(100)]) },
    answer: answers.published,
  },
  {
    ...{ method: "post", path: "/auth/ticket", name: "createTicket", tag: "connecting" },
    who: "publisher or user",
    summary: "A short-lived token that is fit for a URL; a user's own token needs no body",
    body: { schema: ticketRequest, isOptional: true },
    answer: answers.ticket,
  },
  {
    ...{ method: "get", path: "/events", name: "pollEvents", tag: "polling", who: "user" },
    summary: "What the user's socket would bring, or has brought",
    query: { since, before, limit, client },
    answer: answers.events,
  },
  {
    ...{ method: "get", path: "/rooms/:room/events", name: "pollRoomEvents", tag: "polling", who: "user" },
    summary: "What a room's socket would bring, or its history",
    query: { since, before, limit, client },
    answer: answers.events,
  },
  {
    ...{ method: "get", path: "/rooms/:room", name: "getRoom", tag: "polling", who: "user" },
    summary: "Where a room's log stands, and who is there; for an operator too",
    answer: answers.room,
  },
  {
    ...{ method: "get", path: "/inbox", name: "getInbox", tag: "inbox", who: "user" },
    summary: "A page of the inbox, newest first",
    query: {
      unread: z.boolean(),
      archived: z.boolean(),
      type: z.string().max(64),
      before: whole.describe("An offset: the `next` of the page before."),
      limit,
      client,
    },
    answer: answers.inbox,
  },
  {
    ...{ method: "get", path: "/inbox/counts", name: "getInboxCounts", tag: "inbox", who: "user" },
    summary: "The badge alone",
    answer: answers.marked,
  },
  {
    ...{ method: "get", path: "/inbox/:id", name: "getNotification", tag: "inbox", who: "user" },
    summary: "One notification",
    query: { client },
    answer: answers.notification,
  },
  {
    ...{ method: "post", path: "/inbox/mark", name: "markNotifications", tag: "inbox", who: "user" },
    summary: "Mark notifications: read, seen, archived, deleted and back",
    body: { schema: markRequestSchema },
    answer: answers.marked,
  },
  {
    ...{ method: "delete", path: "/inbox/:id", name: "deleteNotification", tag: "inbox", who: "user" },
    summary: "Delete one notification",
    answer: answers.marked,
  },
  {
    ...{ method: "delete", path: "/inbox", name: "clearInbox", tag: "inbox", who: "user" },
    summary: "Delete all notifications, or those up to an offset",
    query: { upTo: z.number().int().nonnegative() },
    answer: answers.marked,
  },
  {
    ...{ method: "get", path: "/preferences", name: "getPreferences", tag: "inbox", who: "user" },
    summary: "What the user wants of notifications",
    answer: preferencesSchema,
  },
  {
    ...{ method: "put", path: "/preferences", name: "setPreferences", tag: "inbox", who: "user" },
    summary: "Say what the user wants of notifications, in place of what was said before",
    body: { schema: preferencesSchema },
    answer: preferencesSchema,
  },
  {
    ...{ method: "get", path: "/presence", name: "getPresence", tag: "users", who: "operator" },
    summary: "Which of up to 100 users are online, and by which connections",
    query: { users: z.string().describe("Ids of users, parted by commas.") },
    answer: answers.presences,
  },
  {
    ...{ method: "get", path: "/users/:id", name: "getUser", tag: "users", who: "operator" },
    summary: "Whether a user is online, and by which connections",
    answer: answers.presence,
  },
  {
    ...{ method: "post", path: "/users/:id/disconnect", name: "disconnectUser", tag: "users" },
    who: "operator",
    summary: "End a user's connections, and revoke tokens",
    body: { schema: disconnection, isOptional: true },
    answer: answers.disconnected,
  },
  {
    ...{ method: "put", path: "/users/:id/identity", name: "setIdentity", tag: "users", who: "operator" },
    summary: "Say which roles, tenants and grants a user has, from now on",
    body: { schema: statementSchema },
    answer: answers.identity,
  },
  {
    ...{ method: "delete", path: "/users/:id/inbox/:notificationId", name: "recallNotification" },
    ...{ tag: "users", who: "operator" },
    summary: "Take a notification back",
    answer: answers.recalled,
  },
  {
    ...{ method: "get", path: "/users/:id/events/:eventId", name: "getReceipt", tag: "publishing" },
    who: "operator",
    summary: "Whether an event is stored, who received it, and when its notification was seen and read",
    answer: answers.receipt,
  },
  {
    ...{ method: "get", path: "/users/:id/export", name: "exportUser", tag: "users", who: "operator" },
    summary: "Everything that is kept of a user",
    answer: answers.exported,
  },
  {
    ...{ method: "delete", path: "/users/:id", name: "deleteUser", tag: "users", who: "operator" },
    summary: "End a user's connections and take away everything that is kept of them",
    answer: answers.erased,
  },
  {
    ...{ method: "get", path: "/metrics", name: "getMetrics", tag: "service", who: "operator" },
    summary: "What the service counts, for Prometheus",
    other: "text",
  },
  {
    ...{ method: "get", path: "/stats", name: "getStats", tag: "service", who: "operator" },
    summary: "How many connections, users and rooms there are",
    query: {
      probe: z.boolean().describe("Whether every object that counts is asked first."),
      connections: z.boolean().describe("Whether a page of the connections themselves is listed."),
      limit: whole.describe("Users whose connections a page lists, up to 100."),
      after: z.string().describe("The `next` of the page before."),
    },
    answer: answers.stats,
  },
  {
    ...{ method: "get", path: "/dead-letters", name: "getDeadLetters", tag: "publishing", who: "operator" },
    summary: "What could not be delivered, newest first",
    query: { before: whole.describe("The last `id` of the page before."), limit },
    answer: answers.deadLetters,
  },
  {
    ...{ method: "post", path: "/dead-letters/:id/retry", name: "retryDeadLetter", tag: "publishing" },
    who: "operator",
    summary: "Deliver one of them again",
    answer: answers.retried,
  },
  {
    ...{ method: "post", path: "/dev/token", name: "createDevToken", tag: "development" },
    who: "development",
    summary: "A token for whoever asks",
    body: { schema: tokenRequest },
    answer: answers.token,
  },
  {
    ...{ method: "post", path: "/dev/publish", name: "publishInDevelopment", tag: "development" },
    who: "development",
    summary: "Publish without a key",
    body: { schema: z.union([publishedEventSchema, z.array(publishedEventSchema).min(1).max(100)]) },
    answer: answers.published,
  },
];
