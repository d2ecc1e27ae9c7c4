import { consume } from "./delivery/consume.ts";
import { app } from "./http/app.ts";
import { handOverSoon } from "./objects/counters-isolate.ts";
import type { Env } from "./objects/env.ts";

export { AudienceObject } from "./objects/audience-object.ts";
export { DeadLetterObject } from "./objects/dead-letter-object.ts";
export { RoomObject } from "./objects/room-object.ts";
export { UserObject } from "./objects/user-object.ts";

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    const response = await app.fetch(request, env, ctx);
    handOverSoon(ctx, env);
    return response;
  },
  async queue(batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void> {
    await consume(batch, env);
    handOverSoon(ctx, env);
  },
} satisfies ExportedHandler<Env>;
