import type { Env } from "../../../src/objects/env.ts";
import { readSession } from "../../../src/objects/session.ts";
import { RoomObject as Room } from "../../../src/worker.ts";
import type { Attack } from "../attack.ts";
import { Trap } from "./trap.ts";
import { trapCalls } from "./trapped-calls.ts";

/** A room in which a trap can be laid. */
export class RoomObject extends Room {
  readonly #trap: Trap;

  constructor(ctx: DurableObjectState, env: Env) {
    const trap = new Trap(ctx);
    const USERS = trapCalls(env.USERS, ["takeRoom"], async (_method, call) => {
      await trap.spring("relay");
      return await call();
    });
    super(ctx, { ...env, USERS });
    this.#trap = trap;
  }

  layTrap(order: Attack): Promise<"held" | "late"> {
    return this.#trap.lay(order);
  }

  override async fetch(request: Request): Promise<Response> {
    const response = await super.fetch(request);
    if (readSession(request.headers).since) void this.#trap.spring("replay");
    return response;
  }

  override async deliver(...given: Parameters<Room["deliver"]>): ReturnType<Room["deliver"]> {
    if (this.#trap.isAt("store")) await this.#trap.spring("store");
    const outcomes = super.deliver(...given);
    this.#trap.strike("write");
    const answer = await outcomes;
    await this.#trap.spring("answer");
    return answer;
  }

  override async follow(...given: Parameters<Room["follow"]>): ReturnType<Room["follow"]> {
    const answer = await super.follow(...given);
    await this.#trap.spring("follow");
    return answer;
  }

  override async resume(...given: Parameters<Room["resume"]>): ReturnType<Room["resume"]> {
    await this.#trap.spring("resume");
    return super.resume(...given);
  }

  override async read(...given: Parameters<Room["read"]>): ReturnType<Room["read"]> {
    await this.#trap.spring("read");
    return super.read(...given);
  }
}
