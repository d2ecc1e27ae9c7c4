import { describe, expect, test } from "vitest";
import { askWith, fresh, posted, problemOf, tokenOf } from "./service.ts";

const vars = {
  PUBLISH_KEYS: "all:dev-only-key-for-all,rooms:dev-only-key-for-rooms,queue:dev-only-key-for-queue",
  PUBLISH_KEY_LIMITS: JSON.stringify({
    rooms: { channels: ["room:*", "user:{userId}"] },
    queue: { events: ["QUEUE_UPDATE"] },
  }),
};
const bearer = (name: string) => ({ Authorization: `Bearer dev-only-key-for-${name}` });

describe("a key that is limited to channels", () => {
  test("reaches those, and is told for each of the others that it may not", async () => {
    const [user, room] = [fresh("user"), `room:${fresh("r")}`];
    const to = { users: [user], channels: [room, "clinic:7:queue"], roles: ["nurse"] };
    const response = await askWith(vars, "/publish", posted({ event: "x", to }, bearer("rooms")));
    expect(response.status).toBe(200);
    const forbidden = {
      status: "failed",
      code: "forbidden",
      message: "This publish key is not for this channel.",
      connections: 0,
      duplicate: false,
    };
    expect(await response.json()).toMatchObject({
      results: [
        {
          targets: [
            { channel: `user:${user}`, status: "stored", offset: 1 },
            { channel: room, status: "stored", offset: 1 },
            { channel: "clinic:7:queue", ...forbidden },
            { channel: "user:*", ...forbidden },
          ],
        },
      ],
    });
  });

  test("reaches no more of what the routing table makes of an event", async () => {
    const farmerId = fresh("farmer");
    const data = {
      farmerId,
      paymentId: "p1",
      applicationNumber: "A-1",
      amount: 5000,
      farmerName: "สมชาย",
      receiptNumber: "R-1",
    };
    const body = { event: "payment:confirmed", data };
    const response = await askWith(vars, "/publish", posted(body, bearer("rooms")));
    expect(await response.json()).toMatchObject({
      results: [
        {
          targets: [
            { channel: `user:${farmerId}`, event: "payment:confirmed", status: "stored" },
            { channel: "admin:payments", event: "payment:received", status: "failed", code: "forbidden" },
          ],
        },
      ],
    });
  });

  test("leaves the other keys free", async () => {
    const channel = `clinic:${fresh("c")}:queue`;
    const body = { event: "x", to: { channels: [channel] } };
    const response = await askWith(vars, "/publish", posted(body, bearer("all")));
    expect(await response.json()).toMatchObject({ results: [{ targets: [{ channel, status: "stored" }] }] });
  });
});

describe("a key that is limited to events", () => {
  test("posts those", async () => {
    const channel = `clinic:${fresh("c")}:queue`;
    const body = { event: "QUEUE_UPDATE", to: { channels: [channel] } };
    const response = await askWith(vars, "/publish", posted(body, bearer("queue")));
    expect(await response.json()).toMatchObject({ results: [{ targets: [{ channel, status: "stored" }] }] });
  });

  test("posts nothing of a batch with another one in it", async () => {
    const to = { channels: [`clinic:${fresh("c")}:queue`] };
    const batch = [
      { event: "QUEUE_UPDATE", to },
      { event: "CLINIC_ALERT", to },
    ];
    const { code, issues } = await problemOf(await askWith(vars, "/publish", posted(batch, bearer("queue"))));
    expect([code, issues?.map(({ path }) => path)]).toEqual(["forbidden", ["1.event"]]);
    const next = await askWith(vars, "/publish", posted(batch[0], bearer("queue")));
    expect(await next.json()).toMatchObject({ results: [{ targets: [{ offset: 1 }] }] });
  });

  test("is told so where the event names no target, too", async () => {
    const { code } = await problemOf(
      await askWith(
        vars,
        "/publish",
        posted({ event: "system:announcement", data: announcement }, bearer("queue")),
      ),
    );
    expect(code).toBe("forbidden");
  });
});

const announcement = { title: "Now", message: "Hear", type: "info", priority: "normal" };

describe("a limited key", () => {
  test.each<[string, string, unknown]>([
    ["a ticket, which could hold any role", "/auth/ticket", { userId: "42", roles: ["admin"] }],
    ["the operator's routes", "/users/42/disconnect", {}],
  ])("does not get %s", async (_, path, body) => {
    for (const name of ["rooms", "queue"]) {
      const { code } = await problemOf(await askWith(vars, path, posted(body, bearer(name))));
      expect(code).toBe("forbidden");
    }
    expect((await askWith(vars, path, posted(body, bearer("all")))).status).toBe(200);
  });

  test("does not become an operator by a user's token beside it", async () => {
    const token = await tokenOf("42", { roles: ["admin"] });
    const request = posted({}, bearer("rooms"));
    const response = await askWith(
      { ...vars, OPERATOR_ROLES: "admin" },
      `/users/42/disconnect?token=${token}`,
      request,
    );
    expect((await problemOf(response)).code).toBe("forbidden");
  });
});
