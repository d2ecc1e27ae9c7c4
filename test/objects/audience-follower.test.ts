import { describe, expect, it } from "vitest";
import type { Identity } from "../../src/auth/identity.ts";
import {
  type AudiencePush,
  type Given,
  type Leave,
  type Registration,
  type Stale,
  shardOf,
  type Visit,
} from "../../src/objects/audience-door.ts";
import type { AudienceEntry, AudienceEvent } from "../../src/objects/audience-entry.ts";
import { AudienceFollower } from "../../src/objects/audience-follower.ts";
import { Connection } from "../../src/objects/connections.ts";
import type { Position } from "../../src/protocol/position.ts";
import { idsOf } from "./shard.ts";

const SHARDS = 1;
const HOUR = 3_600_000;
const position = (offset: number, epoch = "e"): Position => ({ epoch, offset });

/** A page of entries with these offsets as ids. */
function page(after: number, upTo: number, ...offsets: number[]) {
  const entries: AudienceEntry[] = offsets.map((offset) => ({
    ...{ offset, id: `e${offset}`, at: 1 },
    event: { channel: "announcements", event: "news", data: "null", store: true },
  }));
  return {
    kind: "page" as const,
    page: { epoch: "e", after, upTo, entries },
    passing: [] as AudienceEvent[],
  };
}

function given(push: ReturnType<typeof page>, more: Partial<Given> = {}): Given {
  return { kind: "given", from: position(push.page.after), push, isLost: false, more: false, ...more };
}

/** A user's object as the audience sees it: its sockets, its log, and a shard that answers what the test says. */
function setUp() {
  const all: Connection[] = [];
  const state = {
    now: 1_000_000,
    stored: undefined as Position | undefined,
    brought: [] as string[],
    lost: 0,
    wakes: [] as number[],
    registrations: [] as Registration[],
    visits: [] as Visit[],
    leaves: [] as (Leave & { shard: number })[],
    register: async (_one: Registration): Promise<Given | Stale> => given(page(0, 0)),
    visit: async (_one: Visit): Promise<Given> => given(page(0, 0)),
  };
  const connections = {
    get all() {
      return all;
    },
    get size() {
      return all.length;
    },
  };
  const open = (shards: number) =>
    new AudienceFollower({
      user: "42",
      shards,
      connections,
      door: {
        register: async (_shard, registration) => {
          state.registrations.push(registration);
          return state.register(registration);
        },
        visit: async (_shard, visit) => {
          state.visits.push(visit);
          return state.visit(visit);
        },
        leave: async (shard, leave) => void state.leaves.push({ shard, ...leave }),
      },
      stored: {
        read: () => state.stored,
        write: (reached) => {
          state.stored = reached;
        },
      },
      deliver: (entries, passing, stored) => {
        state.brought.push(...idsOf(entries), ...passing.map(({ id }) => `[${id}]`));
        if (entries.length > 0) stored();
      },
      lose: () => {
        state.lost += 1;
      },
      now: () => state.now,
      retryDelay: 5000,
      wakeAt: (time) => state.wakes.push(time),
    });
  const world = {
    follower: open(SHARDS),
    state,
    /** A connection with these roles, which nobody has been told of. */
    accept(...roles: string[]): Connection {
      const socket = { send: () => undefined, serializeAttachment: () => undefined };
      const connection = new Connection(socket as unknown as WebSocket, {
        ...{ version: 1, connection: crypto.randomUUID(), client: "c", openedAt: state.now, start: 0 },
        identity: identityWith(roles, state.now + HOUR),
        own: { state: "live" },
        rooms: {},
        expiryTold: false,
        bucket: { tokens: 0, at: 0 },
      });
      all.push(connection);
      return connection;
    },
    async connect(...roles: string[]): Promise<Connection> {
      const connection = world.accept(...roles);
      await world.follower.known(connection);
      return connection;
    },
    async close(connection: Connection): Promise<void> {
      connection.markClosed();
      all.splice(all.indexOf(connection), 1);
      await world.follower.left(connection);
    },
    /** The object sleeps and wakes: what is in memory is gone but for what the sockets and the log remember. */
    wake(shards = SHARDS): void {
      world.follower = open(shards);
    },
    /** What the shard hands over under the newest generation that it was told. */
    take(push: AudiencePush, generation = state.registrations.at(-1)?.generation ?? 0) {
      return world.follower.take(0, generation, push);
    },
  };
  return world;
}

function identityWith(roles: string[], expiresAt: number): Identity {
  return { userId: "42", roles, tenants: [], grants: [], issuedAt: 0, expiresAt };
}

const rolesOf = ({ change }: Pick<Registration, "change">) =>
  "facets" in change ? change.facets.map(({ roles }) => roles.join("+")) : [];

const failing = async (): Promise<never> => {
  throw new Error("out of reach");
};

describe("a user's object tells its shard", () => {
  it("of the first connection, once, and not of others with the same credential", async () => {
    const { connect, state } = setUp();
    const first = await connect("a");
    const second = await connect("a");
    expect(state.registrations).toMatchObject([
      {
        ...{ user: "42", shards: 1, isOnline: true, since: state.now, generation: state.now },
        ...{ position: undefined, change: { kind: "seen" } },
      },
    ]);
    expect(first.attachment.audience).toEqual({ shard: 0, generation: state.now, epoch: "e", at: 0 });
    expect(second.attachment.audience).toEqual(first.attachment.audience);
  });

  it("of another credential along with those that are known, under a greater generation (F7)", async () => {
    const { connect, state } = setUp();
    await connect("a");
    await connect("b");
    expect(state.registrations.map(rolesOf)).toEqual([["a"], ["b", "a"]]);
    expect(state.registrations.map(({ generation }) => generation)).toEqual([state.now, state.now + 1]);
  });

  it("again, under a greater generation still, where one is known that is newer", async () => {
    const { connect, state } = setUp();
    const answers: (Given | Stale)[] = [{ kind: "stale", generation: state.now + 500 }, given(page(0, 0))];
    state.register = async () => answers.shift() ?? failing();
    await connect("a");
    expect(state.registrations.map(({ generation }) => generation)).toEqual([state.now, state.now + 501]);
  });

  it("of all who came while a call was under way, at once, since the first of them", async () => {
    const { accept, follower, state } = setUp();
    const { promise, resolve } = Promise.withResolvers<Given>();
    state.register = () => promise;
    const calls = [follower.known(accept("a"))];
    await expect.poll(() => state.registrations).toHaveLength(1);
    const since = state.now + 1;
    for (const role of ["b", "c"]) {
      state.now += 1;
      calls.push(follower.known(accept(role)));
    }
    resolve(given(page(0, 0)));
    await Promise.all(calls);
    expect(state.registrations.map(rolesOf)).toEqual([["a"], ["b", "c", "a"]]);
    expect(state.registrations[1]).toMatchObject({ since });
  });

  it("of who goes on with another identity while it was being told of", async () => {
    const { accept, follower, state } = setUp();
    const { promise, resolve } = Promise.withResolvers<Given>();
    state.register = () => promise;
    const connection = accept("a");
    const calls = [follower.known(connection)];
    await expect.poll(() => state.registrations).toHaveLength(1);
    connection.remember({ identity: identityWith(["b"], state.now + HOUR) });
    calls.push(follower.known(connection));
    resolve(given(page(0, 0)));
    await Promise.all(calls);
    expect(state.registrations.map(rolesOf)).toEqual([["a"], ["b"]]);
    expect(connection.attachment.audience).toBeDefined();
  });

  it("of the last connection that goes, and not of the others", async () => {
    const { connect, close, state } = setUp();
    const [first, second] = [await connect("a"), await connect("a")];
    await close(first);
    expect(state.leaves).toEqual([]);
    await close(second);
    expect(state.leaves).toEqual([
      { shard: 0, user: "42", generation: state.now + 1, position: position(0) },
    ]);
  });

  it("of the last connection that went while the object slept", async () => {
    const { connect, close, wake, state } = setUp();
    const connection = await connect("a");
    wake();
    state.now += 10;
    await close(connection);
    expect(state.leaves).toMatchObject([{ generation: state.now, position: position(0) }]);
  });

  it("nothing on waking, where all connections are known", async () => {
    const { connect, wake, state, ...world } = setUp();
    await connect("a");
    wake();
    world.follower.woke();
    await world.follower.retry();
    expect(state.registrations).toHaveLength(1);
  });

  it("of everybody on waking where the number of shards has changed, and the older shard that nobody is there", async () => {
    const world = setUp();
    await world.connect("a");
    expect(shardOf("42", 3)).not.toBe(0);
    world.wake(3);
    world.follower.woke();
    world.follower.woke();
    await expect.poll(() => world.state.leaves).toHaveLength(1);
    expect(world.state.registrations).toHaveLength(2);
    expect(world.state.registrations[1]).toMatchObject({ shards: 3, position: position(0) });
    expect(world.state.leaves).toMatchObject([{ shard: 0, generation: world.state.now + 1 }]);
  });
});

describe("a shard that cannot be reached", () => {
  it("is told by alarm, at growing intervals, and asked from where somebody was first there", async () => {
    const { connect, follower, state } = setUp();
    state.register = failing;
    const came = state.now;
    const connection = await connect("a");
    const due: (number | undefined)[] = [];
    for (let round = 0; round < 5; round++) {
      due.push((follower.retryDue ?? 0) - state.now);
      state.now = follower.retryDue ?? 0;
      await follower.retry();
    }
    expect(due).toEqual([5000, 10_000, 20_000, 40_000, 60_000]);
    state.register = async () => given(page(0, 1, 1));
    await follower.retry();
    expect(state.registrations).toHaveLength(6);
    state.now = follower.retryDue ?? 0;
    await follower.retry();
    expect(state.registrations.at(-1)).toMatchObject({ since: came });
    expect(state.brought).toEqual(["e1"]);
    expect(connection.attachment.audience).toMatchObject({ at: 1 });
    expect(follower.retryDue).toBeUndefined();
  });

  it("is not asked any more when nobody is there", async () => {
    const { connect, close, follower, state } = setUp();
    state.register = failing;
    await close(await connect("a"));
    state.now = follower.retryDue ?? 0;
    await follower.retry();
    expect(follower.retryDue).toBeUndefined();
    expect(state.registrations).toHaveLength(1);
    expect(state.leaves).toEqual([]);
  });

  it("fails who polls and what the backend says, and nothing that comes after", async () => {
    const { follower, connect, state } = setUp();
    state.visit = failing;
    state.register = failing;
    await expect(follower.catchUp(identityWith(["a"], HOUR))).rejects.toThrow("out of reach");
    await expect(follower.changed({ kind: "changed", fields: { roles: ["b"] } })).rejects.toThrow(
      "out of reach",
    );
    expect(follower.retryDue).toBeUndefined();
    state.register = async () => given(page(0, 0));
    await connect("a");
    expect(state.registrations).toHaveLength(2);
  });
});

describe("what a shard hands over", () => {
  it("is taken where it continues the position, dropped where it was had, and refused where it does not", async () => {
    const { connect, take, state } = setUp();
    await connect("a");
    expect(await take(page(0, 5, 2, 4))).toEqual({ kind: "taken", connections: 1 });
    expect(await take(page(0, 5, 2, 4))).toEqual({ kind: "taken", connections: 1 });
    expect(await take(page(3, 7, 4, 6))).toEqual({ kind: "taken", connections: 1 });
    expect(await take(page(9, 10, 10))).toEqual({ kind: "behind", position: position(7) });
    expect(state.brought).toEqual(["e2", "e4", "e6"]);
    expect(state.stored).toEqual(position(7));
  });

  it("is refused where nobody is there, and by another shard or an older generation (F7)", async () => {
    const { connect, close, follower, state, take } = setUp();
    expect(await follower.take(0, 1, page(0, 1, 1))).toEqual({ kind: "gone" });
    const connection = await connect("a");
    expect(await follower.take(1, state.now, page(0, 1, 1))).toEqual({ kind: "gone" });
    expect(await take(page(0, 1, 1), state.now - 1)).toEqual({ kind: "gone" });
    expect(await take(page(0, 1, 1), state.now + 1)).toEqual({ kind: "taken", connections: 1 });
    await close(connection);
    expect(await take(page(1, 2, 2))).toEqual({ kind: "gone" });
    expect(state.brought).toEqual(["e1"]);
  });

  it("waits for the answer that it has overtaken, though the log says where the user stood", async () => {
    const { accept, follower, state } = setUp();
    state.stored = position(1);
    const { promise, resolve } = Promise.withResolvers<Given>();
    state.register = () => promise;
    const known = follower.known(accept("a"));
    const answer = follower.take(0, state.now, page(3, 4, 4));
    resolve(given(page(1, 3, 2, 3)));
    expect(await answer).toEqual({ kind: "taken", connections: 1 });
    await known;
    expect(state.brought).toEqual(["e2", "e3", "e4"]);
  });

  it("does not pass over what is for somebody who has just come and whom it did not know", async () => {
    const { connect, accept, follower, state } = setUp();
    await connect("a");
    const older = state.now;
    const { promise, resolve } = Promise.withResolvers<Given>();
    state.register = () => promise;
    state.now += 1;
    const known = follower.known(accept("b"));
    // The shard has looked through its log for the role a alone: the first entry is for the role b.
    const answer = follower.take(0, older, page(0, 2, 2));
    resolve(given(page(0, 2, 1, 2)));
    expect(await answer).toEqual({ kind: "gone" });
    await known;
    expect(state.brought).toEqual(["e1", "e2"]);
  });

  it("does not pass over what is for who could not be told of yet", async () => {
    const { connect, take, follower, state } = setUp();
    await connect("a");
    state.register = failing;
    await connect("b");
    await expect(take(page(0, 2, 2))).rejects.toThrow("has not come");
    state.register = async () => given(page(0, 2, 1, 2));
    state.now = follower.retryDue ?? 0;
    await follower.retry();
    expect(await take(page(2, 3, 3))).toEqual({ kind: "taken", connections: 2 });
    expect(state.brought).toEqual(["e1", "e2", "e3"]);
  });

  it("is taken after waking from where the user stood, whether it was stored or not", async () => {
    const { connect, wake, state, ...world } = setUp();
    state.register = async () => given(page(0, 5));
    const connection = await connect("a");
    expect(state.stored).toBeUndefined();
    expect(connection.attachment.audience).toMatchObject({ at: 5 });
    wake();
    expect(await world.take(page(5, 7, 6))).toEqual({ kind: "taken", connections: 1 });
    wake();
    expect(await world.take(page(7, 8, 8))).toEqual({ kind: "taken", connections: 1 });
    expect(state.brought).toEqual(["e6", "e8"]);
  });

  it("that the log does not reach back is told once, also after waking (R6)", async () => {
    const { connect, wake, state, ...world } = setUp();
    const connection = await connect("a");
    expect(await world.take({ kind: "reset", position: position(9) })).toEqual({
      ...{ kind: "taken", connections: 1 },
    });
    expect(state).toMatchObject({ lost: 1, stored: position(9) });
    expect(connection.attachment.audience).toMatchObject({ at: 9 });
    wake();
    expect(await world.take(page(9, 10, 10))).toMatchObject({ kind: "taken" });
    expect(state.lost).toBe(1);
  });

  it("brings passing events, and takes them for nothing that is stored", async () => {
    const { connect, take, state } = setUp();
    await connect("a");
    const [passing] = page(0, 1, 1).page.entries;
    if (!passing) throw new Error("A page of one entry has one.");
    await take({ ...page(0, 3), passing: [passing] });
    expect(state).toMatchObject({ brought: ["[e1]"], stored: undefined });
  });
});

describe("what is given to who comes", () => {
  it("is taken from where the user stands, be that further on", async () => {
    const { connect, state } = setUp();
    state.stored = position(2);
    state.register = async () => given(page(0, 3, 1, 2, 3));
    await connect("a");
    expect(state.registrations).toMatchObject([{ position: position(2) }]);
    expect(state).toMatchObject({ brought: ["e3"], stored: position(3) });
  });

  it("and is lost is written down, so that it is told until then and not again", async () => {
    const { connect, state } = setUp();
    state.register = async () => given(page(4, 6), { isLost: true });
    await connect("a");
    expect(state).toMatchObject({ lost: 1, stored: position(6) });
  });
});

describe("who polls", () => {
  const seen = identityWith(["a"], HOUR);

  it("is given page after page of what was missed, from where the log stands", async () => {
    const { follower, state } = setUp();
    state.stored = position(1);
    const pages = [given(page(1, 3, 2, 3), { more: true }), given(page(3, 5, 5), { more: false })];
    state.visit = async () => pages.shift() ?? failing();
    expect(await follower.catchUp(seen)).toEqual({ isLost: false });
    expect(state.visits.map((visit) => visit.position)).toEqual([position(1), position(3)]);
    expect(state).toMatchObject({ brought: ["e2", "e3", "e5"], stored: position(5) });
  });

  it("goes on behind what was looked through in vain, and is told once of a loss", async () => {
    const { follower, state } = setUp();
    state.stored = position(1);
    const pages = [
      given(page(1, 4), { more: true }),
      given(page(4, 8), { more: true, isLost: true }),
      given(page(8, 9, 9), { isLost: true }),
    ];
    state.visit = async () => pages.shift() ?? failing();
    expect(await follower.catchUp(seen)).toEqual({ isLost: true });
    expect(state.visits.map((visit) => visit.position)).toEqual([position(1), position(4), position(8)]);
    expect(state).toMatchObject({ brought: ["e9"], stored: position(9), lost: 1 });
  });

  it("leaves nothing in the log where nothing was missed", async () => {
    const { follower, state } = setUp();
    state.visit = async () => given(page(7, 9));
    await follower.catchUp(seen);
    expect(state.stored).toBeUndefined();
  });

  it("is told of a loss, which is written down", async () => {
    const { follower, state } = setUp();
    state.visit = async () => given(page(7, 9), { isLost: true });
    expect(await follower.catchUp(seen)).toEqual({ isLost: true });
    expect(state).toMatchObject({ lost: 1, stored: position(9) });
  });

  it("asks nothing of the shard while somebody of the same roles is connected, whom it hands to", async () => {
    const { connect, follower, state } = setUp();
    await connect("a");
    await follower.catchUp(seen);
    expect(state).toMatchObject({ visits: [], registrations: [{}] });
  });

  it("with other roles than those who are connected has the shard hand over what is for them too", async () => {
    const { connect, follower, state } = setUp();
    await connect("a");
    const other = identityWith(["b"], state.now + HOUR);
    await follower.catchUp(other);
    await follower.catchUp(other);
    expect(state.registrations.map(rolesOf)).toEqual([["a"], ["b", "a"]]);
    await follower.catchUp({ ...other, expiresAt: other.expiresAt + HOUR });
    expect(state.registrations).toHaveLength(3);
    // What the backend says takes the place of it.
    await follower.changed({ kind: "changed", fields: { tenants: ["7"] } });
    await follower.catchUp(other);
    expect(state.registrations.map(rolesOf).slice(3)).toEqual([["a"], ["b", "a"]]);
  });
});

describe("what the backend says of a user", () => {
  const change = { kind: "changed" as const, fields: { roles: ["b"] } };

  it("is told of who is away, who stands where they stood", async () => {
    const { follower, state } = setUp();
    state.stored = position(3);
    await follower.changed(change);
    expect(state.registrations).toMatchObject([{ isOnline: false, change, position: position(3) }]);
    expect(state.brought).toEqual([]);
  });

  it("is told of all who are there, in place of what was known", async () => {
    const { connect, follower, state } = setUp();
    const [one, two] = [await connect("a"), await connect("b")];
    for (const connection of [one, two]) {
      connection.remember({ identity: identityWith(["c"], state.now + HOUR) });
    }
    state.now += 10;
    await follower.changed(change);
    expect(state.registrations.at(-1)).toMatchObject({ change: { kind: "set" }, since: state.now });
    expect(state.registrations.map(rolesOf).at(-1)).toEqual(["c", "c"]);
  });

  it("is told of who comes while a call is under way, too", async () => {
    const { connect, accept, follower, state } = setUp();
    await connect("a");
    const { promise, resolve } = Promise.withResolvers<Given>();
    state.register = () => promise;
    const calls = [follower.changed(change)];
    const late = accept("late");
    calls.push(follower.known(late));
    resolve(given(page(0, 0)));
    await Promise.all(calls);
    expect(state.registrations.map(rolesOf).slice(1).flat()).toContain("late");
    expect(late.attachment.audience).toBeDefined();
  });

  it("is told by alarm where the shard was out of reach, and nothing is passed over until then", async () => {
    const { connect, follower, take, state } = setUp();
    const connection = await connect("a");
    connection.remember({ identity: identityWith(["b"], state.now + HOUR) });
    state.register = failing;
    await expect(follower.changed(change)).rejects.toThrow("out of reach");
    await expect(take(page(0, 2, 2))).rejects.toThrow("has not come");
    state.register = async () => given(page(0, 2, 1, 2));
    state.now = follower.retryDue ?? 0;
    await follower.retry();
    expect(state.brought).toEqual(["e1", "e2"]);
  });
});
