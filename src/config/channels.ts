import {
  anyone,
  anyRole,
  audience,
  defineChannels,
  personal,
  room,
  sameRole,
  sameTenant,
} from "../channels/rules.ts";
import { cursor, note, typing } from "./client-events.ts";

const admin = anyRole("admin", "dtam_admin");
const farmer = anyRole("farmer");
const auditor = anyRole("auditor");

/**
 * Which channels there are. A rule has a pattern, a kind, who may follow it and, for a room, how much history it
 * keeps, which events clients may publish to it, and whether it tells who is there. Rules without parameters are tried first, then the others in this order; a name that no rule matches is
 * `unknown_channel`. The builders of `src/channels/builders.ts` and the targets in `routes.ts` are typed from it.
 */
export const channels = defineChannels([
  // Everybody's own, and what everybody hears.
  personal("user:{userId}"),
  personal("user:{userId}:notifications"),
  personal("user:{userId}:{topic}"),
  personal("notifications:user:{userId}"),
  audience("notifications:role:{role}", { match: sameRole }),
  audience("notifications:system", { match: anyone }),
  audience("announcements", { match: anyone }),
  audience("public:announcements", { match: anyone }),
  audience("system:announcements", { match: anyone }),
  audience("system:maintenance", { match: anyone }),
  audience("status:online", { match: anyone }),

  // By role: farmers, administrators of both kinds, auditors.
  personal("farmer:{userId}", { follow: farmer }),
  personal("farmer:{userId}:applications", { follow: farmer }),
  personal("farmer:{userId}:payments", { follow: farmer }),
  personal("farmer:{userId}:certificates", { follow: farmer }),
  personal("admin:{userId}", { follow: admin }),
  audience("admin:applications", { match: admin }),
  audience("admin:payments", { match: admin }),
  audience("admin:certificates", { match: admin }),
  audience("admin:notifications", { match: admin }),
  audience("admin:system", { match: admin }),
  personal("auditor:{userId}", { follow: auditor }),
  audience("auditor:assignments", { match: auditor }),

  // What a page follows while it is open.
  room("clinic:{tenant}:queue", { follow: sameTenant, events: { typing, cursor }, presence: {} }),
  room("clinic:{tenant}:alerts", { follow: sameTenant, events: { typing }, presence: { full: 50 } }),
  room("clinic:{tenant}:{topic}", { follow: sameTenant, events: { typing, note }, presence: {} }),
  room("room:{name}", { follow: anyone }),
  room("public:{topic}", { follow: anyone, history: { events: 10_000, days: 30 } }),
]);
