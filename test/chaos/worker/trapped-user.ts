import type { Env } from "../../../src/objects/env.ts";
import { readSession } from "../../../src/objects/session.ts";
import { UserObject as User } from "../../../src/worker.ts";
import type { Attack } from "../attack.ts";
import { Trap } from "./trap.ts";
import { trapCalls } from "./trapped-calls.ts";

/** A user's object in which a trap can be laid. */
export class UserObject extends User {
  readonly #trap: Trap;

  constructor(ctx: DurableObjectState, env: Env) {
    const trap = new Trap(ctx);
    const AUDIENCE = trapCalls(env.AUDIENCE, ["register"], async (_method, call) => {
      await trap.spring("register");
      const answer = await call();
      await trap.spring("registered");
      return answer;
    });
    super(ctx, { ...env, AUDIENCE });
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

  override async deliver(...given: Parameters<User["deliver"]>): ReturnType<User["deliver"]> {
    if (this.#trap.isAt("store")) await this.#trap.spring("store");
    const outcomes = super.deliver(...given);
    this.#trap.strike("write");
    const answer = await outcomes;
    await this.#trap.spring("answer");
    return answer;
  }

  override async takeRoom(...given: Parameters<User["takeRoom"]>): ReturnType<User["takeRoom"]> {
    if (this.#trap.isAt("push")) await this.#trap.spring("push");
    const answer = await super.takeRoom(...given);
    await this.#trap.spring("pushed");
    return answer;
  }

  override async takeAudience(...given: Parameters<User["takeAudience"]>): ReturnType<User["takeAudience"]> {
    if (this.#trap.isAt("hand")) await this.#trap.spring("hand");
    const answer = await super.takeAudience(...given);
    await this.#trap.spring("handed");
    return answer;
  }

  override async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const answered = super.webSocketMessage(ws, message);
    if (String(message).includes('"subscribe"')) void this.#trap.spring("subscribe");
    await answered;
  }
}
