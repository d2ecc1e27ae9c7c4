import worker, { RoomObject as Room, AudienceObject as Shard, UserObject as User } from "../../src/worker.ts";

// The Worker under test: the service as it is built. What its objects fail at with nobody to tell, the runtime passes
// over in silence; here it is printed.

export { DeadLetterObject } from "../../src/worker.ts";

addEventListener("unhandledrejection", ({ reason }) => tell(reason));

export class UserObject extends User {
  constructor(...[ctx, env]: ConstructorParameters<typeof User>) {
    super(overheard(ctx), env);
  }

  override webSocketMessage(...given: Parameters<User["webSocketMessage"]>): Promise<void> {
    return told(super.webSocketMessage(...given));
  }

  override webSocketClose(...given: Parameters<User["webSocketClose"]>): Promise<void> {
    return told(super.webSocketClose(...given));
  }

  override webSocketError(...given: Parameters<User["webSocketError"]>): Promise<void> {
    return told(super.webSocketError(...given));
  }

  override alarm(): Promise<void> {
    return told(super.alarm());
  }
}

export class RoomObject extends Room {
  constructor(...[ctx, env]: ConstructorParameters<typeof Room>) {
    super(overheard(ctx), env);
  }

  override webSocketMessage(...given: Parameters<Room["webSocketMessage"]>): Promise<void> {
    return told(super.webSocketMessage(...given));
  }

  override webSocketClose(...given: Parameters<Room["webSocketClose"]>): Promise<void> {
    return told(super.webSocketClose(...given));
  }

  override webSocketError(...given: Parameters<Room["webSocketError"]>): Promise<void> {
    return told(super.webSocketError(...given));
  }

  override alarm(): Promise<void> {
    return told(super.alarm());
  }
}

export class AudienceObject extends Shard {
  constructor(...[ctx, env]: ConstructorParameters<typeof Shard>) {
    super(overheard(ctx), env);
  }

  override alarm(): Promise<void> {
    return told(super.alarm());
  }
}

export default worker;

/** Work that goes on after the answer is listened to as well. */
function overheard(ctx: DurableObjectState): DurableObjectState {
  const waitUntil = ctx.waitUntil.bind(ctx);
  ctx.waitUntil = (work) => waitUntil(told(Promise.resolve(work)));
  return ctx;
}

async function told<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    tell(error);
    throw error;
  }
}

function tell(error: unknown): void {
  console.error(`Uncaught: ${error}`);
}
