import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { Cast } from "./cast.ts";
import type { Device } from "./device.ts";
import { event, notification } from "./heard.ts";

const anna = { sub: "anna", roles: ["customer"] };
const ben = { sub: "ben", roles: ["customer"] };
const boss = { sub: "boss", roles: ["admin"] };

let cast: Cast;
let people: Record<"anna" | "ben" | "boss", Device>;

beforeAll(async () => {
  cast = await Cast.start();
  people = { anna: await cast.enter(anna), ben: await cast.enter(ben), boss: await cast.enter(boss) };
});
afterAll(() => cast?.stop());
beforeEach(() => cast.heardBy(people));
afterEach(() => cast.dropAllBut(people));

const shipped = {
  type: "order",
  title: "Your order is on its way",
  message: "Order #1042 <b>left</b> the warehouse",
  actionUrl: "/orders/1042",
  actionText: "Track it",
};

/** A job of the queue worker: one notification for a user, under the id that it has in the shop's own table. */
const job = (user: string) => ({
  id: cast.fresh("n"),
  event: "order:shipped",
  data: { orderId: 1042 },
  to: { users: [user] },
  notification: shipped,
});

/** What a user hears of a job. */
const heardOf = (user: string, { id }: { id: string }) => [
  event(`user:${user}`, "order:shipped", { orderId: 1042 }, id),
  notification(user, shipped, { orderId: 1042 }, id),
];

const polled = z.object({
  events: z.array(z.unknown()),
  position: z.object({ epoch: z.string(), offset: z.number() }),
  recovered: z.boolean(),
});

async function poll(claims: typeof anna, since: string) {
  const answer = await cast.askAs(claims, `/events?since=${since}`);
  expect(answer.status).toBe(200);
  return polled.parse(JSON.parse(answer.text));
}

describe("a queue worker", () => {
  test("B: a notification that the worker stores reaches the user's browser at once, and nobody else's", async () => {
    const before = Date.now();
    const stored = job("anna");
    expect(await cast.publish(stored)).toMatchObject([
      { channel: "user:anna", status: "delivered", connections: 1, duplicate: false },
    ]);
    const heard = await cast.heardBy(people);
    expect(heard).toEqual({ anna: heardOf("anna", stored), ben: [], boss: [] });
    const created = z.object({ createdAt: z.number() }).parse(heard.anna?.[1]?.data);
    expect(created.createdAt).toBeGreaterThanOrEqual(before);
    expect(created.createdAt).toBeLessThanOrEqual(Date.now());
  });

  test("B: a job that the worker repeats is delivered once", async () => {
    const stored = job("anna");
    const [first] = await cast.publish(stored);
    expect(await cast.publish(stored)).toEqual([
      { ...first, duplicate: true, connections: expect.any(Number) },
    ]);
    const [other] = await cast.publish({ ...stored, data: { orderId: 1043 } });
    expect(other).toMatchObject({ status: "failed", code: "id_conflict" });
    await cast.expectHeard(people, { anna: heardOf("anna", stored) });
  });

  test("B: a push that fails does not fail the request, nor what else is in it", async () => {
    const [stored, other] = [job("anna"), job("ben")];
    const astray = { ...job("anna"), to: { channels: ["shop:1042", "not a name"] } };
    const targets = await cast.publish([astray, stored, { ...other, to: { users: ["ben", "nobody-yet"] } }]);
    expect(targets.map(({ channel, status, code }) => [channel, status, code])).toEqual([
      ["shop:1042", "failed", "unknown_channel"],
      ["not a name", "failed", "invalid_channel"],
      ["user:anna", "delivered", undefined],
      ["user:ben", "delivered", undefined],
      ["user:nobody-yet", "stored", undefined],
    ]);
    await cast.expectHeard(people, { anna: heardOf("anna", stored), ben: heardOf("ben", other) });
  });

  test("B: an offline user still finds the notification, on coming back and by polling", async () => {
    const carla = { sub: "carla", roles: ["customer"] };
    const first = await cast.enter(carla);
    await cast.heardBy({ first });
    await first.leave();
    const stored = job("carla");
    await expect
      .poll(() => cast.publish(stored), { message: "awaited that nobody is there", timeout: 10_000 })
      .toMatchObject([{ status: "stored", connections: 0 }]);
    const { events, recovered } = await poll(carla, first.since);
    expect(recovered).toBe(true);
    expect(events).toEqual(heardOf("carla", stored));
    const back = await cast.enter(carla, { since: first.since });
    expect(back.welcome.recovered).toBe(true);
    expect((await cast.heardBy({ back })).back).toEqual(events);
  });
});

describe("channels", () => {
  test("B: user:{id} is joined by itself", async () => {
    for (const [name, { welcome }] of Object.entries(people)) {
      expect(welcome.channels).toContain(`user:${name}`);
      expect(welcome.channels).toContain("announcements");
      expect(welcome.channels.includes("admin:notifications")).toBe(name === "boss");
    }
    await cast.publish({ id: "direct", event: "x", to: { channels: ["user:ben"] } });
    await cast.expectHeard(people, { ben: [event("user:ben", "x", null, "direct")] });
  });

  test("B: admin:notifications reaches administrators, and a customer is refused", async () => {
    const low = { type: "stock", title: "Low stock", message: "3 left", priority: "high" };
    const data = { sku: "A-1" };
    const to = { channels: ["admin:notifications"] };
    await cast.publish({ id: "stock-1", event: "stock:low", data, to, notification: low });
    await cast.expectHeard(people, {
      boss: [
        event("admin:notifications", "stock:low", data, "stock-1"),
        notification("boss", low, data, "stock-1"),
      ],
    });
    expect(await cast.doorsOf("admin:notifications", anna, people.anna)).toEqual([
      "forbidden",
      "1008 forbidden",
      "forbidden",
    ]);
  });

  test("B: announcements reaches everybody, those who are away when they come back", async () => {
    const dora = { sub: "dora" };
    const first = await cast.enter(dora);
    await cast.heardBy({ first });
    await first.leave();
    const sale = { type: "announcement", title: "Sale", message: "20 % off" };
    await cast.publish({
      id: "sale",
      event: "sale",
      to: { channels: ["announcements"] },
      notification: sale,
    });
    const heard = (user: string) => [
      event("announcements", "sale", null, "sale"),
      notification(user, sale, null, "sale"),
    ];
    await cast.expectHeard(people, { anna: heard("anna"), ben: heard("ben"), boss: heard("boss") });
    const back = await cast.enter(dora, { since: first.since });
    await cast.expectHeard({ back }, { back: heard("dora") });
  });

  test("B: a customer is refused on another customer's channel", async () => {
    expect(await cast.doorsOf("user:ben", anna, people.anna)).toEqual([
      "forbidden",
      "1008 forbidden",
      "forbidden",
    ]);
  });
});

describe("devices", () => {
  test("B: the same user on several devices gets the same, whichever comes and goes", async () => {
    const [phone, tablet] = [await cast.enter(anna), await cast.enter(anna)];
    const one = job("anna");
    await cast.publish(one);
    await cast.expectHeard(
      { ...people, phone, tablet },
      { anna: heardOf("anna", one), phone: heardOf("anna", one), tablet: heardOf("anna", one) },
    );
    await phone.leave();
    const two = job("anna");
    await cast.publish(two);
    const heard = await cast.heardBy({ anna: people.anna, tablet });
    expect(heard.anna).toEqual(heardOf("anna", two));
    expect(heard.tablet).toEqual(heard.anna);
  });

  test("B: polling still works, page by page and to the letter what a browser gets", async () => {
    const since = people.anna.since;
    const jobs = [job("anna"), job("anna"), job("anna")];
    await cast.publish([...jobs, job("ben")]);
    const { anna: heard } = await cast.heardBy(people);
    expect(heard).toEqual(jobs.flatMap((one) => heardOf("anna", one)));
    const seen: unknown[] = [];
    for (let at = since; seen.length < 6; ) {
      const { events, position } = await poll(anna, `${at}&limit=2`);
      expect(events).toHaveLength(2);
      seen.push(...events);
      at = `${position.epoch}.${position.offset}`;
    }
    expect(seen).toEqual(heard);
  });
});
