import { describe, expect, it } from "vitest";
import type { Aim } from "../../src/objects/aim.ts";
import { Connection } from "../../src/objects/connections.ts";
import type { Log } from "../../src/objects/log.ts";
import { Pump } from "../../src/objects/pump.ts";
import { SocketFollowers } from "../../src/objects/socket-followers.ts";
import type { Position } from "../../src/protocol/position.ts";
import { openLog, withSql } from "./stored.ts";

const ROOM = "room:a";

/** One socket, and the messages that were sent to it. */
interface Member {
  readonly connection: Connection;
  readonly messages: string[];
}

/** A room's sockets. Time after a flush passes when the test says so. */
class Room {
  readonly log: Log;
  readonly ended: Connection[] = [];
  readonly #members: Member[] = [];
  readonly #followers: SocketFollowers;
  #waits: (() => void)[] = [];

  constructor(sql: SqlStorage, more: Parameters<typeof openLog>[1] = {}) {
    this.log = openLog(sql, more);
    const all = () => this.#members.map(({ connection }) => connection);
    const live = () => all().filter(({ attachment }) => attachment.own.state === "live");
    this.#followers = new SocketFollowers({
      log: this.log,
      connections: {
        get all() {
          return all();
        },
        get live() {
          return live();
        },
      },
      pump: new Pump({
        bufferBytes: 1000,
        patience: 1000,
        wait: () => new Promise(() => undefined),
        now: () => 0,
        drop: (connection) => this.ended.push(connection),
        failed: (_connection, error) => {
          throw error;
        },
      }),
      channel: ROOM,
      bufferBytes: 1000,
      gather: { perSocket: 0.01, longest: 50 },
      wait: () => new Promise((resolve) => this.#waits.push(resolve)),
      now: () => 0,
      wakeAt: () => undefined,
      end: (connection) => this.ended.push(connection),
    });
    // A hundred sockets are enough for others to be waited for.
    for (let count = 0; count < 100; count++) this.join(`silent-${count}`);
  }

  join(user: string, since?: Position): Member {
    const messages: string[] = [];
    const ws = {
      send: (message: string) => {
        if (user.startsWith("broken")) throw new Error("This socket is beyond use.");
        messages.push(message);
      },
      serializeAttachment: () => undefined,
      get bufferedAmount() {
        return user.startsWith("slow") ? 2000 : undefined;
      },
    };
    const { cursor, position } = this.#followers.begin(since);
    const connection = new Connection(ws as unknown as WebSocket, {
      ...{ version: 1, connection: user, client: user, openedAt: 0, start: position.offset },
      identity: { userId: user, roles: [], tenants: [], grants: [], issuedAt: 0, expiresAt: 0 },
      own: cursor,
      rooms: {},
      expiryTold: false,
      bucket: { tokens: 0, at: 0 },
    });
    connection.markSent(position.offset, 0);
    const member = { connection, messages };
    this.#members.push(member);
    this.#followers.serve(connection);
    return member;
  }

  publish(event: string, more: { store?: boolean; aim?: Aim; id?: string } = {}) {
    const { store = true, aim, id = event } = more;
    const published = { channel: ROOM, event, data: "null", store, ...(aim && { aim }) };
    return this.#followers.deliver([{ id, hash: "h", events: [published] }]);
  }

  subscribe({ connection }: Member, since?: Position): void {
    this.#followers.subscribe(connection, undefined, ROOM, since);
  }

  lose(): void {
    this.#followers.lose();
  }

  /** Lets the time after the last flush pass. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 2; turn++) {
      for (const resolve of this.#waits.splice(0)) resolve();
      await scheduler.wait(0);
    }
  }
}

async function inRoom(test: (room: Room) => Promise<void>, more?: Parameters<typeof openLog>[1]) {
  await withSql((sql) => test(new Room(sql, more)));
}

/** What a message brought: events by name and offset, and other frames by their type. */
function read(message: string): string[] {
  const parsed: unknown = JSON.parse(message);
  return (Array.isArray(parsed) ? parsed : [parsed]).map(
    ({ type, event, offset, upTo, position }) =>
      ({
        event: `${event}@${offset ?? "-"}`,
        skip: `skip@${upTo}`,
        subscribed: `subscribed@${position?.offset}`,
      })[type as string] ?? type,
  );
}

const told = ({ messages }: Member) => messages.map(read);

describe("an object's sockets", () => {
  it("are sent the first event at once and what comes after it together, in one message in its order (P7)", () =>
    inRoom(async (room) => {
      const member = room.join("anna");
      expect(room.publish("a").sent).toBeUndefined();
      const { sent } = room.publish("b");
      room.publish("typing", { store: false });
      room.publish("c");
      expect(told(member)).toEqual([["a@1"]]);
      await room.rest();
      await sent;
      expect(told(member)).toEqual([["a@1"], ["b@2", "typing@-", "c@3"]]);
    }));

  it("are sent an event once that is published again meanwhile, which is answered when they have it (F3)", () =>
    inRoom(async (room) => {
      const member = room.join("anna");
      room.publish("a");
      room.publish("b");
      const again = room.publish("b");
      expect(again.outcomes[0]?.[0]).toMatchObject({ duplicate: true, offset: 2 });
      let isSent = false;
      void again.sent?.then(() => {
        isSent = true;
      });
      await scheduler.wait(0);
      expect(isSent).toBe(false);
      await room.rest();
      expect(isSent).toBe(true);
      expect(told(member)).toEqual([["a@1"], ["b@2"]]);
    }));

  it("are sent nothing twice when they come, or come back, while something waits", () =>
    inRoom(async (room) => {
      const before = room.log.top;
      room.publish("a");
      room.publish("b");
      const fresh = room.join("fresh");
      const back = room.join("back", { ...room.log.top, offset: before.offset });
      room.publish("c");
      await room.rest();
      expect(told(fresh)).toEqual([["c@3"]]);
      expect(told(back)).toEqual([["a@1", "b@2", "live"], ["c@3"]]);
    }));

  it("say where they stand, not where the log does, when they are asked while something waits", () =>
    inRoom(async (room) => {
      const member = room.join("anna");
      room.publish("a");
      room.publish("b");
      room.subscribe(member);
      await room.rest();
      expect(told(member)).toEqual([["a@1"], ["subscribed@1"], ["b@2"]]);
    }));

  it("are served from where they ask while something waits, and go on from there", () =>
    inRoom(async (room) => {
      const member = room.join("anna");
      room.publish("a");
      room.publish("b");
      room.subscribe(member, { ...room.log.top, offset: 0 });
      room.publish("c");
      await room.rest();
      expect(told(member)).toEqual([["a@1"], ["subscribed@0"], ["a@1", "b@2", "live"], ["c@3"]]);
    }));

  it("are not sent what waited when they were told that something is gone", () =>
    inRoom(async (room) => {
      const member = room.join("anna");
      room.publish("a");
      room.publish("b");
      room.lose();
      room.publish("c");
      await room.rest();
      expect(told(member)).toEqual([["a@1"], ["subscribed@3"], ["c@4"]]);
    }));

  it("get, each, what is meant for them, and a skip over the rest; all who see the same get one text", () =>
    inRoom(async (room) => {
      const [anna, ben, carol] = [room.join("anna"), room.join("ben"), room.join("carol")];
      room.publish("a");
      room.publish("b", { aim: { except: { user: "anna" } } });
      room.publish("c", { aim: { only: { users: ["anna"] } } });
      room.publish("d");
      await room.rest();
      expect(told(anna)[1]).toEqual(["skip@2", "c@3", "d@4"]);
      expect(told(ben)[1]).toEqual(["b@2", "skip@3", "d@4"]);
      expect(carol.messages).toEqual(ben.messages);
    }));

  it("get no message where nothing is meant for them and no log keeps it", () =>
    inRoom(async (room) => {
      const anna = room.join("anna");
      room.publish("typing", { store: false, aim: { except: { user: "anna" } } });
      expect(anna.messages).toEqual([]);
    }));

  it("fall behind where they are slow, at what they were sent, and others go on", () =>
    inRoom(async (room) => {
      const [slow, anna] = [room.join("slow"), room.join("anna")];
      room.publish("a");
      expect(slow.connection.attachment.own).toEqual({ state: "behind", at: 0 });
      expect(told(anna)).toEqual([["a@1"]]);
    }));

  it("are let go of when they are beyond use, and no other suffers", () =>
    inRoom(async (room) => {
      const [broken, anna] = [room.join("broken"), room.join("anna")];
      room.publish("a");
      expect(room.ended).toEqual([broken.connection]);
      expect(told(anna)).toEqual([["a@1"]]);
    }));

  it("are sent much in several messages, none much longer than a page", () =>
    inRoom(
      async (room) => {
        const anna = room.join("anna");
        room.publish("first");
        for (let count = 0; count < 20; count++) room.publish(`event-${count}`);
        await room.rest();
        expect(told(anna).flat()).toHaveLength(21);
        expect(anna.messages.length).toBeGreaterThan(4);
        for (const message of anna.messages) expect(message.length).toBeLessThan(600);
      },
      { pageBytes: 500 },
    ));
});
