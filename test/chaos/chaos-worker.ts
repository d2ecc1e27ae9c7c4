import type { Env } from "../../src/objects/env.ts";
import { roomObject, userObject } from "../../src/objects/env.ts";
import { readSession } from "../../src/objects/session.ts";
import worker, { RoomObject as Room, UserObject as User } from "../../src/worker.ts";
import { ABORTED, type Attack, attack, attackAnswer, DOOR } from "./attack.ts";
import { Trap } from "./trap.ts";

// The Worker under test: the service as it is built, with a door by which its objects are aborted. It is never deployed.

/** A user's object in which a trap can be laid. */
export class UserObject extends User {
  readonly #trap = new Trap(this.ctx);

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

  override async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const answered = super.webSocketMessage(ws, message);
    if (String(message).includes('"subscribe"')) void this.#trap.spring("subscribe");
    await answered;
  }
}

/** A room in which a trap can be laid. */
export class RoomObject extends Room {
  readonly #trap: Trap;

  constructor(ctx: DurableObjectState, env: Env) {
    const trap = new Trap(ctx);
    super(ctx, { ...env, USERS: trapRelays(env.USERS, trap) });
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

/** The users' objects as a room sees them: what it hands them passes a point of its own. */
function trapRelays(users: Env["USERS"], trap: Trap): Env["USERS"] {
  const takeRoom =
    (stub: DurableObjectStub<User>): User["takeRoom"] =>
    async (...given) => {
      await trap.spring("relay");
      return await stub.takeRoom(...given);
    };
  const trapped = (stub: DurableObjectStub<User>) =>
    new Proxy(stub, {
      get: (target, name) => (name === "takeRoom" ? takeRoom(target) : Reflect.get(target, name)),
    });
  return new Proxy(users, {
    get: (target, name) =>
      name === "getByName" ? (user: string) => trapped(target.getByName(user)) : Reflect.get(target, name),
  });
}

interface ChaosEnv {
  readonly USERS: DurableObjectNamespace<UserObject>;
  readonly ROOMS: DurableObjectNamespace<RoomObject>;
}

async function strike(order: Attack, env: ChaosEnv): Promise<"aborted" | "held" | "late"> {
  const { USERS, ROOMS } = env;
  const object =
    order.object === "user"
      ? (userObject({ USERS }, order.name) as DurableObjectStub<UserObject>)
      : (roomObject({ ROOMS }, order.name) as DurableObjectStub<RoomObject>);
  try {
    return await object.layTrap(order);
  } catch (error) {
    if (error instanceof Error && error.message.includes(ABORTED)) return "aborted";
    throw error;
  }
}

export default {
  async fetch(request, env, context): Promise<Response> {
    if (new URL(request.url).pathname !== DOOR) return worker.fetch(request, env, context);
    const outcome = await strike(attack.parse(await request.json()), env);
    return Response.json(attackAnswer.parse({ outcome }));
  },
} satisfies ExportedHandler<Env & ChaosEnv>;
