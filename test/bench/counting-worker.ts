import type { Env } from "../../src/objects/env.ts";
import worker, {
  AudienceObject as Audience,
  RoomObject as Room,
  UserObject as User,
} from "../../src/worker.ts";
import { COUNTS_PATH, type Counts, type CountsAnswer, noCounts } from "./counts.ts";

// The service as it is built, which also counts what its objects cost. It is never deployed: the counts are right only
// where one process runs all objects, and its speed is not measured.

export { DeadLetterObject } from "../../src/worker.ts";

const counted = structuredClone(noCounts);

function count(sort: keyof Counts, what: string, more = 1): void {
  if (more > 0) counted[sort][what] = (counted[sort][what] ?? 0) + more;
}

/** Calls of objects that are not answered yet. */
let underWay = 0;

const HOUR = 3_600_000;
/** When each object's alarm is due (ms), by the object's id. */
const alarms = new Map<string, { readonly kind: string; readonly due: number }>();

function alarmsWithinAnHour(): Record<string, number> {
  const soon: Record<string, number> = {};
  for (const { kind, due } of alarms.values()) {
    if (due <= Date.now() + HOUR) soon[kind] = (soon[kind] ?? 0) + 1;
  }
  return soon;
}

/** Counts the rows of an object, and that it was made or woken. */
function watched(ctx: DurableObjectState, kind: string): DurableObjectState {
  count("wakeUps", kind);
  const id = ctx.id.toString();
  const { storage } = ctx;
  const { sql } = storage;
  const exec: typeof sql.exec = sql.exec.bind(sql);
  sql.exec = <Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
    const cursor = exec<Row>(query, ...bindings);
    // What it found is read in the same synchronous block.
    queueMicrotask(() => {
      const what = query.includes(" counter ") ? `${kind} counters` : kind;
      count("rowsWritten", what, cursor.rowsWritten);
      count("rowsRead", what, cursor.rowsRead);
    });
    return cursor;
  };
  const setAlarm = storage.setAlarm.bind(storage);
  storage.setAlarm = (time, ...given) => {
    count("rowsWritten", `${kind} alarm`);
    alarms.set(id, { kind, due: Number(time) });
    return setAlarm(time, ...given);
  };
  const deleteAlarm = storage.deleteAlarm.bind(storage);
  storage.deleteAlarm = (...given) => {
    alarms.delete(id);
    return deleteAlarm(...given);
  };
  return ctx;
}

/** Counts that an object's alarm has fired. */
function fired(ctx: DurableObjectState, kind: string): void {
  count("requests", `${kind} alarm`);
  alarms.delete(ctx.id.toString());
}

const environments = new WeakMap<Env, Env>();

/** The environment, whose objects count the calls that they get through it. */
function counting(env: Env): Env {
  let known = environments.get(env);
  if (!known) {
    const USERS = countingCalls(env.USERS, "user");
    const ROOMS = countingCalls(env.ROOMS, "room");
    const AUDIENCE = countingCalls(env.AUDIENCE, "audience");
    known = { ...env, USERS, ROOMS, AUDIENCE };
    if (env.DELIVERIES) known = { ...known, DELIVERIES: countingQueue(env.DELIVERIES, "deliveries") };
    if (env.UNDELIVERABLE) {
      known = { ...known, UNDELIVERABLE: countingQueue(env.UNDELIVERABLE, "undeliverable") };
    }
    environments.set(env, known);
  }
  return known;
}

function countingCalls<Namespace extends object>(namespace: Namespace, kind: string): Namespace {
  return new Proxy(namespace, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      if (name !== "getByName" || typeof found !== "function") return found;
      return (...given: unknown[]) => countingStub(Reflect.apply(found, target, given), kind);
    },
  });
}

function countingStub(stub: object, kind: string): object {
  return new Proxy(stub, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name);
      if (typeof found !== "function") return found;
      return (...given: unknown[]) => {
        count("requests", `${kind}.${String(name)}`);
        // Not by `found.apply`, which would be a method of the other object.
        const called: unknown = Reflect.apply(found, target, given);
        underWay++;
        const answered = () => {
          underWay--;
        };
        Promise.resolve(called).then(answered, answered);
        return called;
      };
    },
  });
}

/** Each message is written, read and deleted. */
const OPERATIONS = 3;

function countingQueue(queue: Queue<Uint8Array>, name: string): Queue<Uint8Array> {
  return {
    metrics: () => queue.metrics(),
    send: (...given) => {
      count("queued", name, OPERATIONS);
      return queue.send(...given);
    },
    sendBatch: (messages, ...given) => {
      const those = [...messages];
      count("queued", name, OPERATIONS * those.length);
      return queue.sendBatch(those, ...given);
    },
  };
}

export class UserObject extends User {
  constructor(ctx: DurableObjectState, env: Env) {
    super(watched(ctx, "user"), counting(env));
  }

  override async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    count("messages", "user");
    await super.webSocketMessage(ws, message);
  }

  override async alarm(): Promise<void> {
    fired(this.ctx, "user");
    await super.alarm();
  }
}

export class RoomObject extends Room {
  constructor(ctx: DurableObjectState, env: Env) {
    super(watched(ctx, "room"), counting(env));
  }

  override async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    count("messages", "room");
    await super.webSocketMessage(ws, message);
  }

  override async alarm(): Promise<void> {
    fired(this.ctx, "room");
    await super.alarm();
  }
}

export class AudienceObject extends Audience {
  constructor(ctx: DurableObjectState, env: Env) {
    super(watched(ctx, "audience"), counting(env));
  }

  override async alarm(): Promise<void> {
    fired(this.ctx, "audience");
    await super.alarm();
  }
}

export default {
  async fetch(request, env, context): Promise<Response> {
    if (new URL(request.url).pathname === COUNTS_PATH) {
      const answer: CountsAnswer = {
        ...{ counts: counted, underWay, alarmsWithinAnHour: alarmsWithinAnHour() },
      };
      return Response.json(answer);
    }
    count("invocations", "fetch");
    return worker.fetch(request, counting(env), context);
  },
  async queue(batch, env, context): Promise<void> {
    count("invocations", "queue");
    await worker.queue(batch, counting(env), context);
  },
} satisfies ExportedHandler<Env, Uint8Array>;
