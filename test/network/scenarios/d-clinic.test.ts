import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ServerFrameOf } from "../../../src/protocol/frames.ts";
import { problemIn } from "../../support/backend.ts";
import { Cast } from "./cast.ts";
import { Device } from "./device.ts";
import { event } from "./heard.ts";

const SECRET = "dev-only-secret-of-the-clinic";
const MINUTE = 60_000;

let cast: Cast;
let people: Record<"nurse7" | "doctor7" | "nurse8" | "head", Device>;

/** A ticket as the clinic's backend makes it: it names the user and nothing else. */
function ticket(userId: string, timestamp = Date.now(), secret = SECRET): string {
  const signature = createHmac("sha256", secret).update(`${userId}:${timestamp}`).digest("hex");
  return Buffer.from(JSON.stringify({ userId, timestamp, signature })).toString("base64");
}

const enter = (userId: string) => cast.enterBy(ticket(userId));
const knock = (token: string) => cast.knock(`/connect?token=${encodeURIComponent(token)}`);

async function putIdentity(user: string, identity: object): Promise<void> {
  const init = { method: "PUT", body: JSON.stringify(identity) };
  const answer = await cast.askAsBackend(`/users/${user}/identity`, init);
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { user, ...identity }]);
}

beforeAll(async () => {
  cast = await Cast.start({
    HMAC_TICKET_SECRET: SECRET,
    BROADCAST_ROLES: "ADMIN",
    OPERATOR_ROLES: "ADMIN",
    ROOM_GRACE_SECONDS: "1",
    TYPING_SECONDS: "1",
  });
  await putIdentity("nurse-7", { roles: ["nurse"], tenants: ["7"] });
  await putIdentity("doctor-7", { roles: ["doctor"], tenants: ["7"] });
  await putIdentity("nurse-8", { roles: ["nurse"], tenants: ["8"] });
  await putIdentity("head", { roles: ["admin"], tenants: [] });
  people = {
    nurse7: await enter("nurse-7"),
    doctor7: await enter("doctor-7"),
    nurse8: await enter("nurse-8"),
    head: await enter("head"),
  };
});
afterAll(() => cast?.stop());
beforeEach(() => cast.heardBy(people));
afterEach(() => cast.dropAllBut(people));

describe("tickets", () => {
  test("D: the clinic's own ticket connects whom it names, in either alphabet", async () => {
    // Its name gives the ticket characters in which the two alphabets differ.
    const standard = ticket("พยาบาล~~7");
    expect(standard).toMatch(/[+/]/);
    const urlSafe = standard.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    for (const token of [standard, urlSafe]) {
      const { welcome } = await cast.enterBy(token);
      expect(welcome).toMatchObject({ user: "พยาบาล~~7", roles: [] });
    }
  });

  test("D: a ticket is valid for 10 minutes, and only as it was signed", async () => {
    const now = Date.now();
    expect(await knock(ticket("nurse-7", now - 9 * MINUTE))).toBe("welcome");
    expect(await knock(ticket("nurse-7", now - 10 * MINUTE))).toBe("1008 token_expired");
    expect(await knock(ticket("nurse-7", now + MINUTE))).toBe("1008 unauthorized");
    expect(await knock(ticket("nurse-7", now, "another secret"))).toBe("1008 unauthorized");
    const said: unknown = JSON.parse(Buffer.from(ticket("nurse-7"), "base64").toString());
    const stolen = { ...z.record(z.string(), z.unknown()).parse(said), userId: "head" };
    expect(await knock(Buffer.from(JSON.stringify(stolen)).toString("base64"))).toBe("1008 unauthorized");
  });

  test("D: POST /auth/ticket gives url, token, userId and expiresAt, to a backend and to a user", async () => {
    const answered = z.strictObject({
      url: z.string(),
      token: z.string(),
      userId: z.string(),
      expiresAt: z.number(),
    });
    const bought = async (answer: Promise<{ status: number; text: string }>) => {
      const { status, text } = await answer;
      expect([status, text]).toEqual([200, expect.any(String)]);
      return answered.parse(JSON.parse(text));
    };
    const body = JSON.stringify({ userId: "nurse-7" });
    const forNurse = await bought(cast.askAsBackend("/auth/ticket", { method: "POST", body }));
    const forDoctor = await bought(cast.askAs({ sub: "doctor-7" }, "/auth/ticket", { method: "POST" }));
    expect([forNurse.userId, forDoctor.userId]).toEqual(["nurse-7", "doctor-7"]);
    for (const { url, token, userId, expiresAt } of [forNurse, forDoctor]) {
      expect(url).toBe(`${cast.service.wsUrl}/connect`);
      expect(expiresAt).toBeGreaterThan(Date.now());
      const device = await Device.open(`${url}?token=${token}`);
      expect(device.welcome.user).toBe(userId);
      device.drop();
    }
    const asNobody = await cast.backend.ask("/auth/ticket", { method: "POST", body });
    expect(problemIn(asNobody).code).toBe("unauthorized");
  });
});

describe("identity", () => {
  test("D: roles and clinics of who comes with a name only are those that the backend has set", async () => {
    expect(Object.values(people).map(({ welcome: { user, roles } }) => [user, roles])).toEqual([
      ["nurse-7", ["nurse"]],
      ["doctor-7", ["doctor"]],
      ["nurse-8", ["nurse"]],
      ["head", ["admin"]],
    ]);
    expect(people.nurse7.welcome.channels).toContain("notifications:role:nurse");
    expect(people.head.welcome.channels).toContain("admin:system");
    const nurse = await enter("nurse-7");
    expect(await nurse.follow("clinic:7:queue")).toMatchObject({ type: "subscribed" });
  });

  test("D: a nurse who changes the clinic leaves the old one's channels at once, and may follow the new one's", async () => {
    await putIdentity("nurse-9", { roles: ["nurse"], tenants: ["7"] });
    const [nurse, board] = [
      await enter("nurse-9"),
      await cast.enterRoom("clinic:7:queue", ticket("nurse-9")),
    ];
    await nurse.follow("clinic:7:queue");
    await putIdentity("nurse-9", { roles: ["head_nurse"], tenants: ["8"] });
    expect(await nurse.socket.next("unsubscribed", "word that the room is left")).toMatchObject({
      channel: "clinic:7:queue",
      code: "forbidden",
    });
    expect(await board.socket.next("close", "the board's end")).toMatchObject({
      code: 1008,
      reason: "forbidden",
    });
    await cast.happen("QUEUE_UPDATE", { clinicId: "7", waiting: 9 });
    await cast.publish({ event: "x", to: { roles: ["nurse"], tenants: ["7"] } });
    await cast.expectHeard({ nurse }, {});
    expect(await nurse.follow("clinic:7:queue")).toMatchObject({ type: "error", code: "forbidden" });
    expect(await nurse.follow("clinic:8:queue")).toMatchObject({ type: "subscribed" });
    await cast.publish({ id: "gained", event: "x", to: { channels: ["notifications:role:head_nurse"] } });
    const update = { clinicId: "8", waiting: 1 };
    const id = (await cast.happen("QUEUE_UPDATE", update))("clinic:8:queue");
    const { nurse: heard } = await cast.heardBy({ nurse });
    expect(heard?.toSorted((a, b) => a.event.localeCompare(b.event))).toEqual([
      event("clinic:8:queue", "QUEUE_UPDATE", update, id),
      event("notifications:role:head_nurse", "x", null, "gained"),
    ]);
  });

  test("D: only an operator sets identities", async () => {
    const body = JSON.stringify({ roles: ["admin"] });
    const put = (token: string) =>
      cast.backend.ask(`/users/nurse-7/identity?token=${encodeURIComponent(token)}`, { method: "PUT", body });
    expect(problemIn(await put(ticket("nurse-7"))).code).toBe("forbidden");
    expect(problemIn(await put("nonsense")).code).toBe("unauthorized");
    expect((await enter("nurse-7")).welcome.roles).toEqual(["nurse"]);
    const answer = await cast.backend.ask(
      `/users/nurse-11/identity?token=${encodeURIComponent(ticket("head"))}`,
      {
        method: "PUT",
        body: JSON.stringify({ roles: ["nurse"] }),
      },
    );
    expect(answer.status).toBe(200);
    expect((await enter("nurse-11")).welcome.roles).toEqual(["nurse"]);
  });
});

describe("channels", () => {
  test("D: QUEUE_UPDATE reaches the pages of that clinic, over either kind of connection", async () => {
    for (const device of [people.nurse7, people.doctor7]) await device.follow("clinic:7:queue");
    await people.nurse8.follow("clinic:8:queue");
    const board = await cast.enterRoom("clinic:7:queue", ticket("doctor-7"));
    const update = { clinicId: "7", waiting: 4, serving: "A-12" };
    const id = (await cast.happen("QUEUE_UPDATE", update))("clinic:7:queue");
    const heard = [event("clinic:7:queue", "QUEUE_UPDATE", update, id)];
    await cast.expectHeard(people, { nurse7: heard, doctor7: heard });
    expect(await board.socket.next("event", "the update on the board")).toEqual(heard[0]);
    for (const device of [people.nurse7, people.doctor7]) {
      await device.ask({ type: "unsubscribe", channels: ["clinic:7:queue"] });
    }
    await people.nurse8.ask({ type: "unsubscribe", channels: ["clinic:8:queue"] });
    await cast.happen("QUEUE_UPDATE", update);
    await cast.expectHeard(people, {});
  });

  test("D: CLINIC_ALERT reaches those who follow the clinic's alerts", async () => {
    await people.nurse7.follow("clinic:7:alerts");
    await people.nurse8.follow("clinic:8:alerts");
    const alert = { clinicId: "7", message: "Printer out of paper", level: "critical" };
    const id = (await cast.happen("CLINIC_ALERT", alert))("clinic:7:alerts");
    await cast.expectHeard(people, { nurse7: [event("clinic:7:alerts", "CLINIC_ALERT", alert, id)] });
  });

  test("D: ANNOUNCEMENT reaches everybody on system:announcements", async () => {
    const said = { message: "ปิดวันศุกร์", at: "2026-01-31T02:30:00Z" };
    const id = (await cast.happen("ANNOUNCEMENT", said))("system:announcements");
    const heard = [event("system:announcements", "ANNOUNCEMENT", said, id)];
    await cast.expectHeard(people, { nurse7: heard, doctor7: heard, nurse8: heard, head: heard });
    const body = JSON.stringify({ event: "ANNOUNCEMENT", data: { message: "x", at: "soon" } });
    expect(problemIn(await cast.backend.post(body))).toMatchObject({
      code: "invalid_data",
      issues: [{ path: "data.at" }],
    });
  });

  test("D: user:{id}:notifications reaches that user", async () => {
    const to = { channels: ["user:nurse-8:notifications"] };
    await cast.publish({ id: "own-1", event: "x", data: { n: 1 }, to });
    await cast.expectHeard(people, { nurse8: [event("user:nurse-8:notifications", "x", { n: 1 }, "own-1")] });
  });

  test("D: staff of another clinic are refused on a clinic's channels", async () => {
    const nurse8 = { sub: "nurse-8" };
    for (const channel of ["clinic:7:queue", "clinic:7:alerts", "user:nurse-7:notifications"]) {
      expect([channel, ...(await cast.doorsOf(channel, nurse8, people.nurse8))]).toEqual([
        channel,
        ...["forbidden", "1008 forbidden", "forbidden"],
      ]);
    }
    await cast.happen("QUEUE_UPDATE", { clinicId: "7", waiting: 1 });
    await cast.happen("CLINIC_ALERT", { clinicId: "7", message: "x" });
    expect((await cast.heardBy(people)).nurse8).toEqual([]);
  });
});

describe("the queue's page", () => {
  const room = "clinic:5:queue";
  const enterRoom = (userId: string) => cast.enterRoom(room, ticket(userId));
  const told = (device: Device, what: string, fits: (frame: ServerFrameOf<"presence">) => boolean) =>
    device.socket.next("presence", what, fits);

  test("D: staff see who else has it open, what they do there, and that they are gone when their line breaks (M1, M3, M4)", async () => {
    for (const name of ["nurse-5", "doctor-5"]) await putIdentity(name, { roles: ["nurse"], tenants: ["5"] });
    const nurse = await enter("nurse-5");
    expect(await nurse.follow(room)).toMatchObject({
      presence: { members: [{ user: "nurse-5" }], count: 1 },
    });
    const doctor = await enterRoom("doctor-5");
    expect(doctor.welcome.presence).toMatchObject({ members: [{ user: "nurse-5" }, { user: "doctor-5" }] });
    await told(nurse, "the doctor", ({ joined }) => joined?.[0]?.user === "doctor-5");
    expect(await doctor.ask({ type: "presence", channel: room, state: { at: "desk 2" } })).toMatchObject({
      type: "ok",
    });
    const { updated } = await told(nurse, "the doctor's desk", ({ updated }) => updated?.length === 1);
    expect(updated).toEqual([{ user: "doctor-5", state: { at: "desk 2" } }]);

    const answer = await cast.askAs({ sub: "nurse-5" }, `/rooms/${room}`);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
      200,
      { channel: room, presence: { count: 2 } },
    ]);
    expect((await cast.askAs({ sub: "nurse-8" }, `/rooms/${room}`)).status).toBe(403);
    expect((await cast.askAsBackend(`/rooms/${room}`)).status).toBe(200);

    doctor.drop();
    expect(await told(nurse, "that the doctor is gone", ({ left }) => left?.length === 1)).toMatchObject({
      ...{ joined: [], left: ["doctor-5"], updated: [], count: 1 },
    });
    // A page that is loaded again within the grace.
    const again = await enterRoom("doctor-5");
    await told(nurse, "the doctor again", ({ joined }) => joined?.length === 1);
    again.drop();
    await enterRoom("doctor-5");
    const before = nurse.socket.all("presence").length;
    await nurse.ask({ type: "presence", channel: room, state: 1 });
    await told(nurse, "its own state", ({ updated }) => updated?.[0]?.state === 1);
    expect(nurse.socket.all("presence").length).toBe(before + 1);
  });

  test("D: staff see who is typing, until they are not (E1, E2, E4)", async () => {
    const [nurse, doctor] = [await enter("nurse-5"), await enterRoom("doctor-5")];
    await nurse.follow(room);
    const say = (data: object) => ({ type: "publish", channel: room, event: "typing", data });
    for (const [from, to, user] of [
      [nurse, doctor, "nurse-5"],
      [doctor, nurse, "doctor-5"],
    ] as const) {
      expect(await from.ask(say({ isTyping: true }))).toMatchObject({ type: "ok" });
      for (const isTyping of [true, false]) {
        const heard = await to.socket.next(
          "event",
          `isTyping: ${isTyping}`,
          ({ event }) => event === "typing",
        );
        expect(heard).toMatchObject({ channel: room, data: { isTyping }, from: user });
        expect(heard).not.toHaveProperty("offset");
      }
    }
    expect(await people.nurse8.ask(say({}))).toMatchObject({ type: "error", code: "forbidden" });
    expect(await nurse.ask(say({ isTyping: "yes" }))).toMatchObject({ type: "error", code: "invalid_data" });
  });
});

describe("broadcasts", () => {
  /** Publishes with a user's own credential. */
  const broadcast = (userId: string, body: object) =>
    cast.backend.post(JSON.stringify(body), { Authorization: `Bearer ${ticket(userId)}` });

  const say = (channel: string, more: object = {}) => ({
    id: cast.fresh("said"),
    event: "ANNOUNCEMENT",
    data: { message: "The lift is out of order", at: "2026-01-31T02:30:00Z" },
    to: { channels: [channel] },
    ...more,
  });

  test("D: a signed-in administrator broadcasts announcements and maintenance, filtered by users, clinics and roles", async () => {
    const everybody = ["nurse7", "doctor7", "nurse8", "head"];
    const cases: [channel: string, filter: object, who: string[]][] = [
      ["system:announcements", {}, everybody],
      ["system:maintenance", {}, everybody],
      ["system:announcements", { only: { tenants: ["7"] } }, ["nurse7", "doctor7"]],
      ["system:announcements", { only: { roles: ["NURSE"] } }, ["nurse7", "nurse8"]],
      ["system:maintenance", { only: { users: ["doctor-7", "head"] } }, ["doctor7", "head"]],
      ["system:maintenance", { only: { roles: ["nurse"], tenants: ["8"] } }, ["nurse8"]],
      ["system:announcements", { except: { user: "head" } }, ["nurse7", "doctor7", "nurse8"]],
    ];
    for (const [channel, filter, who] of cases) {
      const said = say(channel, filter);
      const answer = await broadcast("head", said);
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"status":"stored"')]);
      const heard = [event(channel, "ANNOUNCEMENT", said.data, said.id)];
      await cast.expectHeard(people, Object.fromEntries(who.map((name) => [name, heard])));
    }
  });

  test("D: who was away finds the broadcast on coming back, if it was for them", async () => {
    const first = await enter("nurse-7");
    await cast.heardBy({ first });
    first.drop();
    const [forSeven, forEight] = [
      say("system:announcements", { only: { tenants: ["7"] } }),
      say("system:announcements", { only: { tenants: ["8"] } }),
    ];
    for (const said of [forSeven, forEight]) expect((await broadcast("head", said)).status).toBe(200);
    const back = await cast.enterBy(ticket("nurse-7"), { since: first.since });
    await cast.expectHeard(
      { back },
      { back: [event("system:announcements", "ANNOUNCEMENT", forSeven.data, forSeven.id)] },
    );
  });

  test("D: nobody else broadcasts, and an administrator broadcasts to nothing but audiences", async () => {
    expect(problemIn(await broadcast("nurse-7", say("system:announcements"))).code).toBe("forbidden");
    for (const to of [
      { channels: ["clinic:7:queue"] },
      { channels: ["system:announcements", "user:nurse-7"] },
      { users: ["nurse-7"] },
      { everyone: true },
      undefined,
    ]) {
      const { code, issues } = problemIn(await broadcast("head", { ...say("system:announcements"), to }));
      expect([code, issues?.map(({ path }) => path)]).toEqual(["forbidden", ["to"]]);
    }
    expect(problemIn(await cast.backend.post(JSON.stringify(say("announcements")), {})).code).toBe(
      "unauthorized",
    );
    await cast.expectHeard(people, {});
  });
});

describe("commands", () => {
  const run = async (command: string, ...args: string[]) => {
    const file = fileURLToPath(new URL(`../../../src/cli/${command}.ts`, import.meta.url));
    const { promise, resolve } = Promise.withResolvers<{ code: unknown; printed: string }>();
    execFile(process.execPath, [file, "--url", cast.service.url, ...args], (error, printed, complained) =>
      resolve({ code: error?.code ?? 0, printed: printed + complained }),
    );
    return promise;
  };
  const prints = (text: RegExp) => ({ code: 0, printed: expect.stringMatching(text) });

  test("D: the health check, the demo broadcast and the smoke test are commands", async () => {
    expect(await run("health")).toEqual(prints(/is well/));
    const data = { message: "Hello", at: "2026-01-31T02:30:00Z" };
    const to = ["--channel", "system:announcements", "--event", "ANNOUNCEMENT", "--id", "demo"];
    const key = ["--key", cast.service.publishKey];
    expect(await run("publish", ...key, ...to, "--data", JSON.stringify(data))).toEqual(prints(/stored/));
    const heard = [event("system:announcements", "ANNOUNCEMENT", data, "demo")];
    await cast.expectHeard(people, { nurse7: heard, doctor7: heard, nurse8: heard, head: heard });
    const token = await cast.token({ sub: "smoke" });
    expect(await run("smoke", ...key, "--token", token)).toEqual(prints(/\d+ steps passed/));
    await cast.expectHeard(people, {});
  });
});
