import type { z } from "zod";
import { reportFrom } from "../operation/report.ts";
import { publishKeyLimits } from "./publish-limits.ts";
import { choice, flag, json, list, number, secrets, text, timeZone } from "./setting-kinds.ts";
import { webhookProblems } from "./webhook-settings.ts";

/**
 * Every setting and limit of the service, in one table: where it comes from (a Worker variable or secret of that
 * name), what it is when nothing is said, its unit and why it is so.
 */
export const settingsTable = {
  // Where it runs, and its secrets.
  ENVIRONMENT: choice(["production", "development"], "production", {
    reason: "Development adds /dev routes and takes secrets that begin with dev-only-; so it must be said.",
  }),
  JWT_SECRET: secrets({
    reason: "HS256 secrets for users' tokens, parted by commas; all are accepted, so they can be rotated.",
  }),
  JWKS_URL: text("", {
    reason:
      "Address of the public keys (RS256, ES256, EdDSA) of an identity provider, beside or instead of JWT_SECRET.",
  }),
  JWT_ISSUER: text("", { reason: "When set, a token's iss must equal it." }),
  JWT_AUDIENCE: text("", { reason: "When set, a token's aud must contain it." }),
  PUBLISH_KEYS: secrets({
    reason: "Backends' keys as name:secret, parted by commas; several, for rotation.",
  }),
  PUBLISH_KEY_LIMITS: json("{}", publishKeyLimits, {
    reason:
      "Which channels and events a key of PUBLISH_KEYS is for; one that is not named may do everything.",
  }),
  TICKET_SECRET: secrets({
    reason: "Signs tickets. When it is not set, a key derived from the first JWT_SECRET does.",
  }),
  HMAC_TICKET_SECRET: secrets({
    reason:
      "Secrets of backends that sign tickets of their own, {userId, timestamp, signature}; none are taken by default.",
  }),

  // Which claims of a token say what. The first one that is there counts; for tenants, all count.
  CLAIM_USER: list("sub,userId", { reason: "The user's id." }),
  CLAIM_ROLES: list("roles,role", { reason: "Roles: a list, or one name." }),
  CLAIM_TENANTS: list("tenants,tenantId,clinics,clinicId", {
    reason: "Organisations the user belongs to: lists or single ids, all of them added up.",
  }),
  CLAIM_CHANNELS: list("channels", { reason: "Channel patterns granted beside the rules." }),
  CLAIM_NAME: list("name", { reason: "The person's name." }),
  CLAIM_EMAIL: list("email", { reason: "The person's mail address." }),
  CLAIM_LOCALE: list("locale", { reason: "The person's language, as a BCP 47 tag." }),

  // Credentials.
  COOKIE_NAME: text("token", {
    reason: "The cookie that may hold a token; it counts only with an allowed Origin.",
  }),
  ALLOWED_ORIGINS: list("", {
    reason:
      "Origins whose pages may connect and call, parted by commas; the service's own is always allowed. * means any.",
  }),
  JWT_CLOCK_TOLERANCE_SECONDS: number(5, {
    unit: "seconds",
    min: 0,
    max: 300,
    reason: "Clocks differ a little.",
  }),
  TICKET_SECONDS: number(60, {
    unit: "seconds",
    min: 5,
    max: 3600,
    reason: "A ticket stands in a URL, and URLs are logged; it need only last until the handshake.",
  }),
  HMAC_TICKET_SECONDS: number(600, {
    unit: "seconds",
    min: 5,
    max: 86_400,
    reason: "How long after its timestamp a ticket signed with HMAC_TICKET_SECRET opens a connection.",
  }),
  SESSION_SECONDS: number(86_400, {
    unit: "seconds",
    min: 10,
    max: 2_592_000,
    reason: "The longest session; it ends earlier when its token does.",
  }),

  EXPIRING_SECONDS: number(60, {
    unit: "seconds",
    min: 1,
    max: 3600,
    reason: "How long before a session ends the client is told, so that it can renew it.",
  }),
  OPERATOR_ROLES: list("", {
    reason: "Roles whose users may use the operator's routes, as publish keys may. None by default.",
  }),
  BROADCAST_ROLES: list("", {
    reason: "Roles whose users may publish to audience channels with their own token. None by default.",
  }),

  // Whether, and how often.
  REALTIME_ENABLED: flag(true, {
    reason: "The kill switch: false refuses and closes sockets; publishing goes on, and clients poll.",
  }),
  LOG_LEVEL: choice(["debug", "info", "warn", "error", "off"], "info", {
    reason: "How much is logged; info has a line for each connection and each publish.",
  }),
  RATE_LIMITS: choice(["auto", "on", "off"], "auto", {
    reason:
      "The rate limits bound in wrangler.toml; auto leaves them off in development, where all come from one address.",
  }),
  POLL_SECONDS: number(5, {
    unit: "seconds",
    min: 1,
    max: 3600,
    reason: "How soon a client that polls comes again.",
  }),
  POLL_SECONDS_DISABLED: number(15, {
    unit: "seconds",
    min: 15,
    max: 3600,
    reason: "How soon it comes again under the kill switch, which is there to take load away.",
  }),
  MAX_CONNECTIONS_PER_USER: number(5, {
    unit: "connections",
    min: 1,
    max: 1000,
    reason: "A person has a few devices; more is a client that does not close what it opens.",
  }),
  ON_TOO_MANY_CONNECTIONS: choice(["refuse", "close_oldest"], "refuse", {
    reason: "Whether the newest connection beyond the limit is refused, or the oldest is closed.",
  }),
  MAX_CONNECTIONS: number(10_000, {
    unit: "connections",
    min: 0,
    max: 10_000_000,
    reason:
      "In all, rooms' own sockets among them; beyond it a connection is refused as overloaded. 0 for no limit.",
  }),
  WARN_CONNECTIONS: number(10_000, {
    unit: "connections",
    min: 0,
    max: 10_000_000,
    reason: "From so many on a warning is logged, once an hour at the most. 0 for never.",
  }),
  MAX_ROOM_CONNECTIONS_PER_USER: number(50, {
    unit: "connections",
    min: 1,
    max: 1000,
    reason: "Rooms' own sockets, which are counted apart: a device has one for each room that it follows so.",
  }),
  MESSAGES_PER_WINDOW: number(1000, {
    unit: "frames",
    min: 1,
    max: 10_000_000,
    reason: "What one connection may send in MESSAGE_WINDOW_SECONDS; heartbeats do not count.",
  }),
  MESSAGE_WINDOW_SECONDS: number(900, {
    unit: "seconds",
    min: 1,
    max: 86_400,
    reason: "See MESSAGES_PER_WINDOW.",
  }),
  MESSAGE_BURST: number(100, {
    unit: "frames",
    min: 1,
    max: 10_000_000,
    reason: "What it may send at once, to subscribe to its rooms say.",
  }),
  MESSAGE_PATIENCE: number(20, {
    unit: "frames",
    min: 0,
    max: 1000,
    reason: "Frames beyond the rate that are answered with an error before the connection is closed.",
  }),
  DEAD_SECONDS: number(60, {
    unit: "seconds",
    min: 10,
    max: 3600,
    reason: "A connection that has not pinged for so long is dead, whatever its socket says.",
  }),

  // What one connection may send and hold.
  HEARTBEAT_SECONDS: number(25, {
    unit: "seconds",
    min: 5,
    max: 300,
    reason: "How often clients ping: often enough for proxies that cut idle connections after 30 s or 60 s.",
  }),
  MAX_FRAME_BYTES: number(10_240, {
    unit: "bytes",
    min: 1024,
    max: 1_048_576,
    reason: "Clients send small frames; large ones belong to POST /publish.",
  }),
  MAX_ROOMS: number(100, {
    unit: "rooms a connection",
    min: 1,
    max: 1000,
    reason: "Each is remembered by the socket.",
  }),
  MAX_ROOM_NAMES_BYTES: number(8192, {
    unit: "bytes a connection",
    min: 256,
    max: 10_240,
    reason: "A socket remembers at most 16 KB across hibernation, names and identity together.",
  }),
  MAX_IDENTITY_BYTES: number(4096, {
    unit: "bytes",
    min: 512,
    max: 4096,
    reason: "A socket remembers at most 16 KB across hibernation, names and identity together.",
  }),

  // What clients say of themselves in rooms.
  TYPING_SECONDS: number(5, {
    unit: "seconds",
    min: 1,
    max: 300,
    reason:
      "A client's event that lasts, such as typing, is over when nothing more is said of it for so long.",
  }),
  ROOM_GRACE_SECONDS: number(5, {
    unit: "seconds",
    min: 0,
    max: 300,
    reason: "Who comes back to a room within this time has not left it: a page takes so long to load again.",
  }),
  MAX_STATE_BYTES: number(1024, {
    unit: "bytes",
    min: 64,
    max: 8192,
    reason: "What a member of a room says of itself is kept, and told to every other member.",
  }),
  PRESENCE_GATHER_MS: number(250, {
    unit: "milliseconds",
    min: 0,
    max: 10_000,
    reason: "The longest time that changes of a room's presence wait for each other; 0 tells each by itself.",
  }),

  // What a publish may hold.
  MAX_BODY_BYTES: number(1_048_576, {
    unit: "bytes",
    min: 1024,
    max: 10_485_760,
    reason: "Room for a batch of 100 events.",
  }),
  MAX_DATA_BYTES: number(65_536, {
    unit: "bytes",
    min: 256,
    max: 524_288,
    reason: "One event's data: it is kept in a row and sent to each listener.",
  }),
  MAX_DEPTH: number(32, { unit: "levels", min: 4, max: 200, reason: "Nesting of JSON that is published." }),
  MAX_BATCH: number(100, { unit: "events", min: 1, max: 1000, reason: "Events in one POST /publish." }),
  MAX_TARGETS: number(10_000, {
    unit: "targets",
    min: 1,
    max: 10_000,
    reason: "Targets of one POST /publish; the platform allows 10,000 calls for each request.",
  }),
  PUBLISH_CONCURRENCY: number(50, {
    unit: "object calls",
    min: 1,
    max: 500,
    reason: "Object calls under way at once.",
  }),
  PUBLISH_ATTEMPTS: number(3, {
    unit: "tries",
    min: 1,
    max: 10,
    reason: "How often an object is called in all.",
  }),

  // The queue, and what it cannot deliver.
  INLINE_CALLS: number(50, {
    unit: "object calls",
    min: 0,
    max: 10_000,
    reason:
      "Object calls for which a publisher waits; the rest of a larger publish goes through the queue. The audience is never queued.",
  }),
  PARCEL_CALLS: number(100, {
    unit: "object calls",
    min: 1,
    max: 500,
    reason:
      "Calls in one message of the queue. Five messages are worked off at once, each call in up to three tries, and the platform allows 10,000 calls for that.",
  }),
  QUEUE_ATTEMPTS: number(10, {
    unit: "tries",
    min: 1,
    max: 50,
    reason:
      "How often a queued delivery is tried, over half an hour by default, before it becomes a dead letter.",
  }),
  QUEUE_RETRY_SECONDS: number(5, {
    unit: "seconds",
    min: 1,
    max: 900,
    reason: "First delay before a queued delivery is tried again; it doubles, up to a quarter of an hour.",
  }),
  DEAD_LETTER_QUEUE: text("carillon-dead-letters", {
    reason:
      "The queue's name in wrangler.toml: what the platform puts there was given up, whatever it looks like.",
  }),
  MAX_DEAD_LETTERS: number(10_000, {
    unit: "dead letters",
    min: 1,
    max: 1_000_000,
    reason: "How many are kept; the oldest go first.",
  }),
  METRICS_SECONDS: number(60, {
    unit: "seconds",
    min: 0,
    max: 3600,
    reason:
      "At least so long between two hand-overs of what an isolate counts while it is busy; 0 hands nothing over but where /metrics is read.",
  }),
  DEAD_LETTER_DAYS: number(30, {
    unit: "days",
    min: 1,
    max: 400,
    reason: "How long they are kept for somebody to look at them.",
  }),

  // Webhooks.
  WEBHOOK_URL: text("", {
    reason:
      "Where webhooks are posted: who is online, which rooms are occupied, what was read. Without it none are told.",
  }),
  WEBHOOK_SECRET: secrets({
    reason: "Signs webhooks: at least 32 bytes, and during a rotation two of them, parted by a comma.",
  }),
  WEBHOOK_TIMEOUT_SECONDS: number(10, {
    unit: "seconds",
    min: 1,
    max: 60,
    reason: "How long a webhook's receiver may take to answer before it is sent again.",
  }),
  WEBHOOK_ATTEMPTS: number(20, {
    unit: "tries",
    min: 1,
    max: 100,
    reason:
      "How often a webhook is sent, over three hours by default, before it becomes a dead letter. QUEUE_RETRY_SECONDS is the first delay.",
  }),

  // What the routing table writes.
  TIME_ZONE: timeZone("UTC", {
    reason: "In which notifications tell a moment: they are written once for all readers, wherever they are.",
  }),

  // The audience.
  AUDIENCE_SHARDS: number(4, {
    unit: "objects",
    min: 1,
    max: 64,
    reason:
      "Objects that hand audience events to their members, each to its share; may be changed at any time.",
  }),
  AUDIENCE_DAYS: number(7, {
    unit: "days",
    min: 1,
    max: 400,
    reason: "How long an audience event is kept for members who are away.",
  }),
  AUDIENCE_EVENTS: number(100_000, {
    unit: "events",
    min: 100,
    max: 1_000_000,
    reason: "The most that the audience's log keeps, whatever their age.",
  }),
  INBOX_DAYS: number(90, {
    unit: "days",
    min: 1,
    max: 400,
    reason: "How long a notification is kept.",
  }),
  INBOX_NOTIFICATIONS: number(10_000, {
    unit: "notifications",
    min: 100,
    max: 100_000,
    reason: "The most that an inbox keeps; the oldest that were read go first.",
  }),
  FIRST_VISIT_DAYS: number(7, {
    unit: "days",
    min: 0,
    max: 400,
    reason: "How far back a user who comes for the first time gets the audience's notifications.",
  }),
  AUDIENCE_CONCURRENCY: number(50, {
    unit: "object calls",
    min: 1,
    max: 500,
    reason: "Members that a shard hands an event to at once.",
  }),

  // Presence.
  PRESENCE_GRACE_SECONDS: number(15, {
    unit: "seconds",
    min: 0,
    max: 3600,
    reason:
      "How long after the last connection a user counts as online: loading a page anew changes nothing.",
  }),
  PRESENCE_CHANNELS: list("admin:system", {
    reason:
      "Audience channels that are told who comes and who goes (user:presence), parted by commas; none means none. Each change costs each of their members an entry.",
  }),
  PRESENCE_PROBE_SECONDS: number(1800, {
    unit: "seconds",
    min: 0,
    max: 86_400,
    reason:
      "After so long without a sign of life a user who is said to be there is asked for one; 0 asks nobody.",
  }),

  // The logs.
  LOG_EVENTS: number(1000, { unit: "events", min: 1, max: 100_000, reason: "What a user's log keeps." }),
  LOG_DAYS: number(7, { unit: "days", min: 1, max: 400, reason: "How long a user's log keeps an event." }),
  REMEMBERED_IDS: number(1000, {
    unit: "publish ids",
    min: 100,
    max: 10_000,
    reason: "Ids of each log's newest entries, by which a repeated publish is known.",
  }),
  PAGE_EVENTS: number(200, {
    unit: "events",
    min: 1,
    max: 1000,
    reason: "Entries that a replay sends in one frame.",
  }),
  PAGE_BYTES: number(262_144, {
    unit: "bytes",
    min: 4096,
    max: 1_048_576,
    reason: "Size of a replay's frame.",
  }),
  ROOM_RELAY_LIMIT: number(50, {
    unit: "users",
    min: 0,
    max: 1000,
    reason:
      "Users who follow a room over their own connection; each costs a call for each event. Those who come later connect to the room itself.",
  }),
  MAX_OBJECT_CONNECTIONS: number(32_768, {
    unit: "connections",
    min: 1,
    max: 32_768,
    reason: "What one object holds at most, by the platform's limit: a room's own sockets above all.",
  }),
  GATHER_SOCKET_MICROSECONDS: number(10, {
    unit: "microseconds a socket",
    min: 0,
    max: 100_000,
    reason:
      "How long events wait for each other after one has left, to leave in one message: half of what it costs to send to a socket.",
  }),
  GATHER_MS: number(50, {
    unit: "milliseconds",
    min: 0,
    max: 1000,
    reason: "The longest time that events wait for each other; 0 sends each by itself.",
  }),
  SEND_BUFFER_BYTES: number(1_048_576, {
    unit: "bytes",
    min: 65_536,
    max: 16_777_216,
    reason:
      "What may wait in a socket's buffer before its reader counts as slow; buffers share the object's 128 MB.",
  }),
  SLOW_CONSUMER_SECONDS: number(30, {
    unit: "seconds",
    min: 1,
    max: 600,
    reason: "A reader who took nothing for so long is closed with slow_consumer.",
  }),
  RETRY_SECONDS: number(5, {
    unit: "seconds",
    min: 1,
    max: 600,
    reason: "First delay before an object tries again to hand on what a follower could not take; it doubles.",
  }),
} as const;

/** The settings, parsed. Numbers are in the unit that the table names. */
export type Settings = {
  readonly [Name in keyof typeof settingsTable]: z.output<(typeof settingsTable)[Name]["schema"]>;
};

/** A setting that is missing or wrong: its name and what to do, never its value. */
export interface SettingProblem {
  readonly name: keyof Settings;
  readonly message: string;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

const parsed = new WeakMap<object, SettingsResult>();

/** Reads the settings from the Worker's environment; the work is done once for each environment object. */
export function readSettings(env: object): SettingsResult {
  let result = parsed.get(env);
  if (!result) {
    result = parseSettings(env as Readonly<Record<string, unknown>>);
    parsed.set(env, result);
    if (result.ok) reportFrom(result.settings.LOG_LEVEL);
  }
  return result;
}

/** The settings of a service that is known to be configured, as objects need them. */
export function settingsOf(env: object): Settings {
  const result = readSettings(env);
  if (result.ok) return result.settings;
  throw new Error(`Not configured: ${result.problems.map(({ name }) => name).join(", ")}`);
}

/** Reads settings from plain values, all problems at once. */
export function parseSettings(env: Readonly<Record<string, unknown>>): SettingsResult {
  const problems: SettingProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(settingsTable) as (keyof Settings)[]) {
    const given = env[name];
    const result = settingsTable[name].schema.safeParse(given === "" ? undefined : given);
    if (result.success) values[name] = result.data;
    else problems.push({ name, message: result.error.issues[0]?.message ?? "It is not valid." });
  }
  if (problems.length === 0) problems.push(...missingSecrets(values as Settings));
  return problems.length === 0 ? { ok: true, settings: values as Settings } : { ok: false, problems };
}

function missingSecrets(settings: Settings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  if (settings.JWT_SECRET.length === 0 && settings.JWKS_URL === "") {
    problems.push({
      name: "JWT_SECRET",
      message: "Set JWT_SECRET or JWKS_URL, by which users' tokens are verified.",
    });
  }
  if (settings.PUBLISH_KEYS.length === 0) {
    problems.push({
      name: "PUBLISH_KEYS",
      message: "Set PUBLISH_KEYS to name:secret, by which backends publish.",
    });
  }
  for (const entry of settings.PUBLISH_KEYS) {
    if (!/^[\w.-]{1,64}:.{8,}$/.test(entry)) {
      problems.push({
        name: "PUBLISH_KEYS",
        message: "Each key is name:secret, the secret of at least 8 characters.",
      });
      break;
    }
  }
  const names = new Set(settings.PUBLISH_KEYS.map((entry) => entry.slice(0, entry.indexOf(":"))));
  if ([...settings.PUBLISH_KEY_LIMITS.keys()].some((name) => !names.has(name))) {
    problems.push({
      name: "PUBLISH_KEY_LIMITS",
      message: "It limits a key that PUBLISH_KEYS does not name.",
    });
  }
  if (settings.JWKS_URL !== "" && settings.TICKET_SECRET.length === 0 && settings.JWT_SECRET.length === 0) {
    problems.push({
      name: "TICKET_SECRET",
      message: "Set TICKET_SECRET: without JWT_SECRET nothing else can sign tickets.",
    });
  }
  problems.push(...webhookProblems(settings));
  if (settings.ENVIRONMENT === "development") return problems;
  const secretNames = [
    ...["JWT_SECRET", "PUBLISH_KEYS", "TICKET_SECRET", "HMAC_TICKET_SECRET", "WEBHOOK_SECRET"],
  ] as const;
  for (const name of secretNames) {
    if (settings[name].some((value) => value.includes("dev-only-"))) {
      problems.push({ name, message: "A dev-only- value is refused outside development." });
    }
  }
  return problems;
}
