import type { Env } from "../../../src/objects/env.ts";
import { AudienceObject as Shard } from "../../../src/worker.ts";
import type { Attack } from "../attack.ts";
import { Trap } from "./trap.ts";
import { trapCalls } from "./trapped-calls.ts";

/** A shard of the audience in which a trap can be laid. */
export class AudienceObject extends Shard {
  readonly #trap: Trap;

  constructor(ctx: DurableObjectState, env: Env) {
    const trap = new Trap(ctx);
    const USERS = trapCalls(env.USERS, ["takeAudience"], async (_method, call) => {
      await trap.spring("hand");
      return await call();
    });
    const AUDIENCE = trapCalls(env.AUDIENCE, ["takeFromFirst", "readFirst"], async (method, call) => {
      if (method === "takeFromFirst") await trap.spring("share");
      const answer = await call();
      if (method === "readFirst") await trap.spring("fill");
      return answer;
    });
    super(ctx, { ...env, USERS, AUDIENCE });
    this.#trap = trap;
  }

  layTrap(order: Attack): Promise<"held" | "late"> {
    return this.#trap.lay(order);
  }

  override async deliver(...given: Parameters<Shard["deliver"]>): ReturnType<Shard["deliver"]> {
    if (this.#trap.isAt("store")) await this.#trap.spring("store");
    const outcomes = super.deliver(...given);
    this.#trap.strike("write");
    const answer = await outcomes;
    await this.#trap.spring("answer");
    return answer;
  }

  override async takeFromFirst(
    ...given: Parameters<Shard["takeFromFirst"]>
  ): ReturnType<Shard["takeFromFirst"]> {
    if (this.#trap.isAt("copy")) await this.#trap.spring("copy");
    const answer = await super.takeFromFirst(...given);
    await this.#trap.spring("copied");
    return answer;
  }

  override async register(...given: Parameters<Shard["register"]>): ReturnType<Shard["register"]> {
    if (this.#trap.isAt("register")) await this.#trap.spring("register");
    const answer = await super.register(...given);
    await this.#trap.spring("registered");
    return answer;
  }

  override async leave(...given: Parameters<Shard["leave"]>): ReturnType<Shard["leave"]> {
    if (this.#trap.isAt("leave")) await this.#trap.spring("leave");
    await super.leave(...given);
  }
}
