import { runInDurableObject } from "cloudflare:test";

/** Rows as they are billed. Setting an alarm is a row written too, and is counted apart. */
export interface Cost {
  readonly written: number;
  readonly read: number;
  readonly alarms: number;
}

/** What an object that is awake does to its storage while a task goes on. */
export async function costOf(stub: DurableObjectStub, task: () => Promise<unknown>): Promise<Cost> {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  let alarms = 0;
  await runInDurableObject(stub, (_instance, { storage }) => {
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    sql.exec = <Row extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
      const cursor = exec<Row>(query, ...bindings);
      cursors.push(cursor);
      return cursor;
    };
    const setAlarm = storage.setAlarm.bind(storage);
    storage.setAlarm = (...given) => {
      alarms += 1;
      return setAlarm(...given);
    };
  });
  await task();
  return runInDurableObject(stub, (_instance, { storage }) => {
    // What was put over the runtime's own is taken away again.
    Reflect.deleteProperty(storage.sql, "exec");
    Reflect.deleteProperty(storage, "setAlarm");
    const sum = (of: "rowsWritten" | "rowsRead") => cursors.reduce((total, cursor) => total + cursor[of], 0);
    return { written: sum("rowsWritten"), read: sum("rowsRead"), alarms };
  });
}
