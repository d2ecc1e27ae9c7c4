import { z } from "zod";
import { type Env, roomObject, userObject } from "../../../src/objects/env.ts";
import type { Outcome } from "../../../src/objects/publication.ts";
import worker from "../../../src/worker.ts";
import { ABORTED, type Attack, attack, attackAnswer, DOOR } from "../attack.ts";
import { futile } from "../futile.ts";
import { type Around, trapCalls } from "./trapped-calls.ts";
import type { RoomObject } from "./trapped-room.ts";
import type { AudienceObject } from "./trapped-shard.ts";
import type { UserObject } from "./trapped-user.ts";
import { WorkerTrap } from "./worker-trap.ts";

// The Worker under test: the service as it is built, with a door by which its objects are aborted. It is never deployed.

export { DeadLetterObject } from "../../../src/worker.ts";
export { RoomObject } from "./trapped-room.ts";
export { AudienceObject } from "./trapped-shard.ts";
export { UserObject } from "./trapped-user.ts";

interface ChaosEnv {
  readonly USERS: DurableObjectNamespace<UserObject>;
  readonly ROOMS: DurableObjectNamespace<RoomObject>;
  readonly AUDIENCE: DurableObjectNamespace<AudienceObject>;
}

const trap = new WorkerTrap();

/** What the service gets in place of its environment, by that: settings are read once for each. */
const trapped = new WeakMap<object, { readonly publishing: Env; readonly consuming: Env }>();

function trappedEnv(env: Env) {
  const known = trapped.get(env) ?? {
    publishing: {
      ...delivering(env, past("inline")),
      ...(env.DELIVERIES && { DELIVERIES: trapQueue(env.DELIVERIES) }),
    },
    consuming: delivering(env, giveUp),
  };
  trapped.set(env, known);
  return known;
}

/** An environment in which users and rooms are given what is published by way of `around`. */
function delivering(env: Env, around: Around): Env {
  const USERS = trapCalls(env.USERS, ["deliver"], around);
  return { ...env, USERS, ROOMS: trapCalls(env.ROOMS, ["deliver"], around) };
}

/** Passes a point after a user or a room has taken its part. */
function past(point: "inline" | "midway"): Around {
  return async (_method, call) => {
    const answer = await call();
    await trap.spring(point);
    return answer;
  };
}

const deliverArguments = z.tuple([
  z.array(z.object({ events: z.array(z.object({ event: z.string() })) })),
  // The id of the request, for the log.
  z.string().optional(),
]);

const REFUSAL = { status: "failed", code: "forbidden", message: "The chaos test refuses it." } as const;

/** The queue's consumer fails with what is futile, each time. */
const giveUp: Around = async (method, call, given) => {
  const [publications] = deliverArguments.parse(given);
  const names = publications.flatMap(({ events }) => events.map(({ event }) => event));
  if (names.includes(futile.refused)) {
    return publications.map(({ events }): Outcome[] => events.map(() => REFUSAL));
  }
  const answer = await past("midway")(method, call, given);
  if (names.includes(futile.unanswered)) throw new Error("The chaos test has lost the answer.");
  return answer;
};

function trapQueue(queue: Queue<Uint8Array>): Queue<Uint8Array> {
  const sendBatch: Queue<Uint8Array>["sendBatch"] = async (...given) => {
    const answer = await queue.sendBatch(...given);
    await trap.spring("queued");
    return answer;
  };
  return new Proxy(queue, {
    get: (target, name) => (name === "sendBatch" ? sendBatch : Reflect.get(target, name)),
  });
}

async function strike(order: Attack, env: ChaosEnv): Promise<"aborted" | "held" | "late"> {
  if (order.kind === "worker") return await trap.lay(order);
  try {
    return await victim(order, env).layTrap(order);
  } catch (error) {
    if (error instanceof Error && error.message.includes(ABORTED)) return "aborted";
    throw error;
  }
}

function victim({ kind, name }: Attack, { USERS, ROOMS, AUDIENCE }: ChaosEnv) {
  if (kind === "user") return userObject({ USERS }, name) as DurableObjectStub<UserObject>;
  if (kind === "room") return roomObject({ ROOMS }, name) as DurableObjectStub<RoomObject>;
  return AUDIENCE.getByName(name);
}

export default {
  async fetch(request, env, context): Promise<Response> {
    if (new URL(request.url).pathname !== DOOR) {
      return worker.fetch(request, trappedEnv(env).publishing, context);
    }
    const outcome = await strike(attack.parse(await request.json()), env);
    return Response.json(attackAnswer.parse({ outcome }));
  },

  async queue(batch, env, context): Promise<void> {
    await trap.spring("consume");
    await worker.queue(batch, trappedEnv(env).consuming, context);
    await trap.spring("consumed");
  },
} satisfies ExportedHandler<Env & ChaosEnv>;
