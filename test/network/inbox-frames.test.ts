import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Backend } from "../support/backend.ts";
import { InboxOwner } from "../support/inbox.ts";
import { Screen } from "../support/screen.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";

let service: Service;
let backend: Backend;
let names = 0;

beforeAll(async () => {
  service = await startService();
  backend = new Backend(service);
});
afterAll(() => service?.stop());

function someone(): { user: string; owner: InboxOwner } {
  names += 1;
  const user = `user-${names}`;
  return { user, owner: new InboxOwner(service, backend, { sub: user }) };
}

const notification = { type: "news", title: "A title", message: "A message" };

/** Publishes notifications with these ids, in one go. */
async function notify(user: string, ...ids: string[]): Promise<void> {
  await backend.publish(ids.map((id) => ({ id, event: "news", to: { users: [user] }, notification })));
}

const none = { total: 0, unread: 0, unseen: 0 };

describe("a mark frame", () => {
  test("is answered with the counts after it, under its ref, for each way to mark (I2)", async () => {
    const { user, owner } = someone();
    await notify(user, "one", "two", "three");
    const screen = await Screen.open(service, owner);
    for (const [request, counts] of [
      [
        { as: "seen", all: true },
        { total: 3, unread: 3, unseen: 0 },
      ],
      [
        { as: "read", ids: ["one", "two"] },
        { total: 3, unread: 1, unseen: 0 },
      ],
      [
        { as: "unread", ids: ["two"] },
        { total: 3, unread: 2, unseen: 0 },
      ],
      [
        { as: "archived", ids: ["three"] },
        { total: 2, unread: 1, unseen: 0 },
      ],
      [
        { as: "unarchived", all: true },
        { total: 3, unread: 2, unseen: 0 },
      ],
      [
        { as: "read", all: true, upTo: 4 },
        { total: 3, unread: 1, unseen: 0 },
      ],
      [
        { as: "deleted", ids: ["one"] },
        { total: 2, unread: 1, unseen: 0 },
      ],
      [{ as: "deleted", all: true }, none],
    ] as const) {
      const answer = await screen.ask({ type: "mark", ...request });
      expect([request, answer]).toEqual([request, { type: "ok", ref: expect.any(Number), counts }]);
      expect([request, (await owner.counts()).counts]).toEqual([request, counts]);
    }
  });

  test("without a ref is answered too, and one of somebody who has no inbox yet", async () => {
    const { owner } = someone();
    const { socket } = await Screen.open(service, owner);
    socket.send(
      { type: "mark", as: "read", all: true },
      { type: "mark", ref: "r", as: "deleted", ids: ["x"] },
    );
    expect(await socket.next("ok", "the first answer")).toEqual({ type: "ok", counts: none });
    expect(await socket.next("ok", "the second answer")).toEqual({ type: "ok", ref: "r", counts: none });
    expect(socket.all("event")).toEqual([]);
  });

  test("takes effect in the order of the frames, several in one message", async () => {
    const { user, owner } = someone();
    await notify(user, "one");
    const { socket } = await Screen.open(service, owner);
    const marks = ["read", "unread", "archived", "unarchived", "deleted"];
    socket.send(...marks.map((as) => ({ type: "mark", ref: as, as, ids: ["one"] })));
    await socket.next("ok", "the last answer", ({ ref }) => ref === "deleted");
    expect(socket.all("ok").map(({ ref, counts }) => [ref, counts?.total, counts?.unread])).toEqual([
      ["read", 1, 0],
      ["unread", 1, 1],
      ["archived", 0, 0],
      ["unarchived", 1, 1],
      ["deleted", 0, 0],
    ]);
  });

  test("that marks what is so already is answered, and told to nobody (I2)", async () => {
    const { user, owner } = someone();
    await notify(user, "one");
    const [screen, other] = [await Screen.open(service, owner), await Screen.open(service, owner)];
    await screen.ask({ type: "mark", as: "read", ids: ["one"] });
    const { position } = await owner.counts();
    for (const request of [
      { as: "read", ids: ["one"] },
      { as: "seen", all: true },
      { as: "unarchived", ids: ["one", "nowhere"] },
      { as: "deleted", ids: ["nowhere"] },
      { as: "deleted", all: true, upTo: 0 },
    ]) {
      expect(await screen.ask({ type: "mark", ...request })).toMatchObject({
        type: "ok",
        counts: { total: 1, unread: 0, unseen: 0 },
      });
    }
    expect((await owner.counts()).position).toEqual(position);
    await notify(user, "two");
    await other.shows({ unread: 1 }, "the next notification");
    const told = [...new Set(other.told.map(({ event }) => event))];
    expect(told).toEqual(["notification:updated", "notification:read", "unread:count", "notification:new"]);
    await expect.poll(() => other.told.filter(({ event }) => event === "unread:count").length).toBe(2);
  });

  test.each([
    ["that says not as what", { all: true }],
    ["as nothing known", { as: "opened", all: true }],
    ["in capitals", { as: "READ", all: true }],
    ["of nothing", { as: "read" }],
    ["of no ids", { as: "read", ids: [] }],
    ["of one id that is no list", { as: "read", ids: "one" }],
    ["of an empty id", { as: "read", ids: [""] }],
    ["of an id that is a number", { as: "read", ids: [1] }],
    ["of an id of 257 characters", { as: "read", ids: ["i".repeat(257)] }],
    ["of 1,001 ids", { as: "read", ids: Array(1001).fill("a") }],
    ["of ids and of all", { as: "read", ids: ["one"], all: true }],
    ["of ids up to an offset", { as: "read", ids: ["one"], upTo: 3 }],
    ["of not all", { as: "read", all: false }],
    ["up to a negative offset", { as: "read", all: true, upTo: -1 }],
    ["up to a fraction", { as: "read", all: true, upTo: 1.5 }],
    ["up to a text", { as: "read", all: true, upTo: "3" }],
    ["up to a position", { as: "read", all: true, upTo: { epoch: "0", offset: 3 } }],
    ["under a ref that is none", { as: "read", all: true, ref: {} }],
  ])("%s closes that connection with 1003, and marks nothing (P2)", async (_, fields) => {
    const { user, owner } = someone();
    await notify(user, "one");
    const [offender, bystander] = [await Screen.open(service, owner), await Screen.open(service, owner)];
    offender.socket.send({ type: "mark", as: "deleted", all: true }, { type: "mark", ...fields });
    const end = { code: 1003, reason: "invalid_frame" };
    expect(await offender.socket.ended()).toEqual(end);
    expect(offender.socket.frames.at(-1)).toEqual({ type: "close", ...end, message: expect.any(String) });
    expect((await owner.page()).notifications).toHaveLength(1);
    await notify(user, "two");
    await bystander.shows({ total: 2, unread: 2 }, "the next notification");
    expect(bystander.socket.isOpen).toBe(true);
  });

  test("on a room's own socket is refused, and the socket stays (P6)", async () => {
    const { user, owner } = someone();
    await notify(user, "one");
    const url = `${service.wsUrl}/rooms/room:lobby/connect?token=${await owner.token()}`;
    const socket = await Socket.greeted(url);
    expect(socket.welcome).not.toHaveProperty("counts");
    socket.send({ type: "mark", ref: 1, as: "read", all: true }, { type: "ping", ref: 2 });
    expect(await socket.next("error", "the refusal")).toMatchObject({ ref: 1, code: "forbidden" });
    await socket.next("pong", "the answer to the ping beside it");
    expect((await owner.counts()).counts.unread).toBe(1);
  });
});

describe("the greeting", () => {
  test("says the counts of the moment, with a position or without (I7)", async () => {
    const { user, owner } = someone();
    expect((await Screen.open(service, owner)).socket.welcome.counts).toEqual(none);
    await notify(user, "one", "two");
    await owner.mark({ as: "read", ids: ["one"] });
    const counts = { total: 2, unread: 1, unseen: 1 };
    for (const since of ["", "&since=0.0", "&since=another.7"]) {
      const socket = await Socket.greeted(`${service.wsUrl}/connect?token=${await owner.token()}${since}`);
      expect([since, socket.welcome.counts]).toEqual([since, counts]);
      socket.drop();
    }
  });
});
