import type { Env } from "../../src/objects/env.ts";
import worker, {
  AudienceObject as Audience,
  RoomObject as Room,
  UserObject as User,
} from "../../src/worker.ts";
import { COUNTS_PATH, type Counts } from "./counts.ts";

// The service as it is built, which also counts what its objects cost. It is never deployed: the counts are right only
// where one process runs all objects, and its speed is not measured.

export { DeadLetterObject } from "../../src/worker.ts";

const counted: Counts = { requests: {}, rowsWritten: {}, rowsRead: {} };

function count(sort: keyof Counts, what: string, more = 1): void {
  if (more > 0) counted[sort][what] = (counted[sort][what] ?? 0) + more;
}

/** Counts the rows of an object. */
function watched(ctx: DurableObjectState, kind: string): DurableObjectState {
  const { storage } = ctx;
  const { sql } = storage;
  const exec: typeof sql.exec = sql.exec.bind(sql);
  sql.exec = <Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
    const cursor = exec<Row>(query, ...bindings);
    // What it found is read in the same synchronous block.
    queueMicrotask(() => {
      count("rowsWritten", kind, cursor.rowsWritten);
      count("rowsRead", kind, cursor.rowsRead);
    });
    return cursor;
  };
  const setAlarm = storage.setAlarm.bind(storage);
  storage.setAlarm = (...given) => {
    count("rowsWritten", `${kind} alarm`);
    return setAlarm(...given);
  };
  return ctx;
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
        return Reflect.apply(found, target, given);
      };
    },
  });
}

export class UserObject extends User {
  constructor(ctx: DurableObjectState, env: Env) {
    super(watched(ctx, "user"), counting(env));
  }

  override async alarm(): Promise<void> {
    count("requests", "user alarm");
    await super.alarm();
  }
}

export class RoomObject extends Room {
  constructor(ctx: DurableObjectState, env: Env) {
    super(watched(ctx, "room"), counting(env));
  }

  override async alarm(): Promise<void> {
    count("requests", "room alarm");
    await super.alarm();
  }
}

export class AudienceObject extends Audience {
  constructor(ctx: DurableObjectState, env: Env) {
    super(watched(ctx, "audience"), counting(env));
  }

  override async alarm(): Promise<void> {
    count("requests", "audience alarm");
    await super.alarm();
  }
}

export default {
  ...worker,
  async fetch(request, env, context): Promise<Response> {
    if (new URL(request.url).pathname === COUNTS_PATH) return Response.json(counted);
    return worker.fetch(request, counting(env), context);
  },
} satisfies ExportedHandler<Env>;
