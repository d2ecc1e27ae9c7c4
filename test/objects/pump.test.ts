import { describe, expect, it } from "vitest";
import { Connection } from "../../src/objects/connections.ts";
import type { PageAnswer } from "../../src/objects/follow.ts";
import { Pump, type Replay } from "../../src/objects/pump.ts";

const identity = { userId: "42", roles: [], tenants: [], grants: [], issuedAt: 0, expiresAt: 0 };

/** A socket that keeps what it is sent, with a buffer that the test fills and drains. */
class FakeSocket {
  readonly sent: unknown[] = [];
  bufferedAmount: number | undefined = 0;
  send(text: string): void {
    const parsed: unknown = JSON.parse(text);
    this.sent.push(...(Array.isArray(parsed) ? parsed : [parsed]));
  }
  serializeAttachment(): void {}
}

/** A log of numbered entries, a connection that is behind in it, and a clock that waiting moves. */
function setUp({ top, pageEvents = 10 }: { top: number; pageEvents?: number }) {
  const socket = new FakeSocket();
  const connection = new Connection(socket as unknown as WebSocket, {
    version: 1,
    connection: "c",
    client: "c",
    identity,
    openedAt: 0,
    own: { state: "live" },
    rooms: {},
    start: 0,
    expiryTold: false,
    bucket: { tokens: 0, at: 0 },
  });
  const state = { top, behindAt: 0 as number | undefined, time: 0, waits: 0, dropped: "", lost: 0 };
  const hooks = { onWait: (): void => undefined };
  const pump = new Pump({
    bufferBytes: 1000,
    patience: 30_000,
    wait: async (ms) => {
      state.time += Math.max(ms, 1);
      state.waits += 1;
      hooks.onWait();
    },
    now: () => state.time,
    drop: (_connection, reason) => {
      state.dropped = reason;
      connection.markClosed();
    },
    failed: () => {
      state.dropped = "failed";
    },
  });
  const read = (after: number): PageAnswer => {
    const upTo = Math.min(after + pageEvents, state.top);
    const entries = Array.from({ length: upTo - after }, (_, index) => ({
      offset: after + 1 + index,
      channel: "room:a",
      frame: `{"offset":${after + 1 + index}}`,
      aim: undefined,
      expires: undefined,
    }));
    return { kind: "page", page: { epoch: "e", after, upTo, entries } };
  };
  const replay: Replay = {
    channel: "room:a",
    behindAt: () => state.behindAt,
    read,
    advance: ({ upTo }) => {
      state.behindAt = upTo >= state.top ? undefined : upTo;
      return state.behindAt === undefined;
    },
    lose: () => {
      state.lost += 1;
      state.behindAt = undefined;
    },
    maySee: () => true,
  };
  const untilIdle = async () => {
    await expect.poll(() => state.behindAt === undefined || state.dropped !== "").toBe(true);
  };
  return { socket, connection, state, hooks, pump, replay, read, untilIdle };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ offset: from + index }));

describe("the pump (F6)", () => {
  it("sends a short replay at once, and says that it is live", () => {
    const { socket, connection, pump, replay } = setUp({ top: 3 });
    pump.serve(connection, replay);
    expect(socket.sent).toEqual([...numbers(1, 3), { type: "live", channel: "room:a", replayed: 3 }]);
  });

  it("sends a long replay page by page, and takes in what is appended meanwhile", async () => {
    const { socket, connection, state, hooks, pump, replay, untilIdle } = setUp({ top: 25 });
    hooks.onWait = () => {
      if (state.top < 30) state.top += 1;
    };
    pump.serve(connection, replay);
    expect(socket.sent).toHaveLength(10);
    await untilIdle();
    expect(socket.sent.slice(0, -1)).toEqual(numbers(1, state.top));
    expect(socket.sent.at(-1)).toMatchObject({ type: "live", replayed: state.top });
  });

  it("waits while the buffer is full and goes on when it drains", async () => {
    const { socket, connection, state, hooks, pump, replay, untilIdle } = setUp({ top: 20 });
    socket.bufferedAmount = 5000;
    hooks.onWait = () => {
      if (state.waits === 10) socket.bufferedAmount = 100;
    };
    pump.serve(connection, replay);
    expect(socket.sent).toEqual([]);
    await untilIdle();
    expect(state.dropped).toBe("");
    expect(socket.sent).toHaveLength(21);
  });

  it("gives up a reader who takes nothing for 30 s, and no sooner", async () => {
    const { socket, connection, state, pump, replay, untilIdle } = setUp({ top: 20 });
    socket.bufferedAmount = 5000;
    pump.serve(connection, replay);
    await untilIdle();
    expect(state.dropped).toBe("slow_consumer");
    expect(state.time).toBeGreaterThanOrEqual(30_000);
    expect(state.time).toBeLessThan(31_000);
  });

  it("keeps a reader who is slow but takes something", async () => {
    const { socket, connection, state, hooks, pump, replay, untilIdle } = setUp({ top: 20 });
    socket.bufferedAmount = 50_000;
    hooks.onWait = () => {
      if (state.waits % 400 === 0) socket.bufferedAmount = (socket.bufferedAmount ?? 0) - 5000;
    };
    pump.serve(connection, replay);
    await untilIdle();
    expect(state.time).toBeGreaterThan(60_000);
    expect(state.dropped).toBe("");
    expect(socket.sent).toHaveLength(21);
  });

  it("paces by time where the runtime does not tell what is buffered", async () => {
    const { socket, connection, state, pump, replay, untilIdle } = setUp({ top: 30 });
    socket.bufferedAmount = undefined;
    pump.serve(connection, replay);
    await untilIdle();
    expect(state.time).toBeGreaterThanOrEqual(40);
    expect(socket.sent).toHaveLength(31);
  });

  it("tells when the log does not reach back", async () => {
    const { socket, connection, state, pump, replay, untilIdle } = setUp({ top: 30 });
    pump.serve(connection, {
      ...replay,
      read: async () => ({ kind: "lost" as const, top: { epoch: "e", offset: 30 } }),
    });
    await untilIdle();
    expect(state.lost).toBe(1);
    expect(socket.sent).toEqual([]);
  });

  it("tries again when a page cannot be read, and ends the connection in the end", async () => {
    const one = setUp({ top: 5 });
    let failures = 0;
    const failing = (times: number): Replay => ({
      ...one.replay,
      read: async (after) => {
        failures += 1;
        if (failures <= times) throw new Error("out of reach");
        return one.read(after);
      },
    });
    one.pump.serve(one.connection, failing(2));
    await one.untilIdle();
    expect(one.socket.sent).toHaveLength(6);
    one.state.behindAt = 0;
    failures = 0;
    one.pump.serve(one.connection, failing(99));
    await expect.poll(() => one.state.dropped).toBe("failed");
  });

  it("starts over when the connection asks from elsewhere while a page is fetched", async () => {
    const { socket, connection, state, pump, replay, read, untilIdle } = setUp({ top: 8 });
    let isFirst = true;
    pump.serve(connection, {
      ...replay,
      read: async (after) => {
        if (isFirst) state.behindAt = 5;
        isFirst = false;
        return read(after);
      },
    });
    await untilIdle();
    expect(socket.sent.slice(0, -1)).toEqual(numbers(6, 8));
  });

  it("stops when the connection closes or leaves", async () => {
    const { socket, connection, state, hooks, pump, replay } = setUp({ top: 100 });
    hooks.onWait = () => {
      if (state.waits === 2) connection.markClosed();
    };
    pump.serve(connection, replay);
    await expect.poll(() => connection.isOpen).toBe(false);
    expect(socket.sent.length).toBeLessThan(100);
  });
});
