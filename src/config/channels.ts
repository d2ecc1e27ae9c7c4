import { anyone, defineChannels, personal, room, sameTenant } from "../channels/rules.ts";

/**
 * Which channels there are. A rule has a pattern, a kind, who may follow it and, for a room, how much history it
 * keeps. Rules without parameters are tried first, then the others in this order; a name that no rule matches is
 * `unknown_channel`.
 */
export const channels = defineChannels([
  personal("user:{userId}"),
  personal("user:{userId}:{topic}"),
  room("room:{name}", { follow: anyone }),
  room("clinic:{tenant}:{topic}", { follow: sameTenant }),
  room("public:{topic}", { follow: anyone, history: { events: 10_000, days: 30 } }),
]);
