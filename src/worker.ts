import { consume } from "./delivery/consume.ts";
import { app } from "./http/app.ts";
import type { Env } from "./objects/env.ts";

export { AudienceObject } from "./objects/audience-object.ts";
export { DeadLetterObject } from "./objects/dead-letter-object.ts";
export { RoomObject } from "./objects/room-object.ts";
export { UserObject } from "./objects/user-object.ts";

export default {
  fetch: app.fetch,
  queue: consume,
} satisfies ExportedHandler<Env>;
