import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { problemIn } from "../../support/backend.ts";
import { secondsFromNow } from "../../support/token.ts";
import { Cast } from "./cast.ts";
import type { Device } from "./device.ts";
import { event, notification } from "./heard.ts";

const ORIGIN = "https://exams.example";

const mai = { sub: "mai", roles: ["student"], locale: "vi" };
const tom = { sub: "tom", roles: ["student"], locale: "en" };
const lan = { sub: "lan", roles: ["teacher"], locale: "vi-VN" };

let cast: Cast;
let people: Record<"mai" | "tom" | "lan", Device>;
/** As many connections of one person as there may be, of which one never pings. They age while the other tests run. */
const old = { sub: "old", roles: ["student"] };
let silent: Device;
let pinging: Record<string, Device>;
let openedAt: number;

beforeAll(async () => {
  cast = await Cast.start({
    ALLOWED_ORIGINS: ORIGIN,
    RATE_LIMITS: "on",
    HEARTBEAT_SECONDS: "30",
    DEAD_SECONDS: "10",
    TIME_ZONE: "Asia/Ho_Chi_Minh",
    INLINE_CALLS: "5",
  });
  openedAt = Date.now();
  silent = await cast.enter(old, { pings: false });
  pinging = {
    p1: await cast.enter(old),
    p2: await cast.enter(old),
    p3: await cast.enter(old),
    p4: await cast.enter(old),
  };
  people = { mai: await cast.enter(mai), tom: await cast.enter(tom), lan: await cast.enter(lan) };
});
afterAll(() => cast?.stop());
beforeEach(() => cast.heardBy(people));
afterEach(() => cast.dropAllBut({ ...people, ...pinging, silent }));

const publishTo = async (channel: string, data: unknown = null) => {
  const id = cast.fresh("event");
  await cast.publish({ id, event: "x", data, to: { channels: [channel] } });
  return event(channel, "x", data, id);
};

describe("channels", () => {
  test("C: notifications:user:{id} reaches that user, notifications:role:{role} that role, notifications:system all", async () => {
    const one = await publishTo("notifications:user:mai", { n: 1 });
    const students = await publishTo("notifications:role:student", { n: 2 });
    const teachers = await publishTo("notifications:role:TEACHER", { n: 3 });
    const all = await publishTo("notifications:system", { n: 4 });
    await cast.expectHeard(people, {
      mai: [one, students, all],
      tom: [students, all],
      lan: [{ ...teachers, channel: "notifications:role:teacher" }, all],
    });
  });

  test("C: a notification carries id, user, type, title, message, data and time", async () => {
    const said = { type: "result", title: "Kết quả", message: "Bạn được 9 điểm" };
    const data = { examId: "e1", score: 9 };
    const to = { channels: ["notifications:user:mai"] };
    await cast.publish({ id: "result-1", event: "exam:graded", data, to, notification: said });
    await cast.expectHeard(people, {
      mai: [
        event("notifications:user:mai", "exam:graded", data, "result-1"),
        notification("mai", said, data, "result-1"),
      ],
    });
  });

  test("C: another user's, another role's and unknown channels are refused", async () => {
    const forbidden = ["forbidden", "1008 forbidden", "forbidden"];
    for (const channel of ["notifications:user:tom", "notifications:role:teacher"]) {
      expect(await cast.doorsOf(channel, mai, people.mai)).toEqual(forbidden);
    }
    expect(await cast.doorsOf("notifications:group:1", mai, people.mai)).toEqual([
      "unknown_channel",
      "1008 forbidden",
      "unknown_channel",
    ]);
  });

  test("C: names of channels are validated, whoever names them", async () => {
    const names = ["", "notifications:", "notifications user", "a::b", `room:${"n".repeat(200)}`, "đề:thi"];
    const targets = await cast.publish({ event: "x", to: { channels: names } });
    expect(targets.map(({ status, code }) => [status, code])).toEqual(
      names.map(() => ["failed", "invalid_channel"]),
    );
    for (const name of names) {
      const answer = await people.mai.ask({ type: "subscribe", channels: [name] });
      expect([name, answer]).toEqual([
        name,
        expect.objectContaining({ type: "error", code: "invalid_channel" }),
      ]);
    }
    await cast.expectHeard(people, {});
  });
});

describe("notices", () => {
  test("C: exam:assigned reaches the student, in Vietnamese or English with its numbers and times", async () => {
    const exam = { examId: "e1", examTitle: "Toán 12", questions: 1200, dueAt: "2026-01-31T20:00:00Z" };
    const written = z.object({ title: z.string(), message: z.string() });
    for (const [name, title, message] of [
      // Three in the morning of the next day, in Ho Chi Minh City.
      ["mai", "Đề thi mới", /^Toán 12: 1\.200 câu hỏi, hạn nộp (?=.*03:00)(?=.*1 tháng 2,? (năm )?2026)/],
      ["tom", "New exam", /^Toán 12: 1,200 questions, due (?=.*3:00\sAM)(?=.*February 1, 2026)/],
    ] as const) {
      const channel = `notifications:user:${name}`;
      const id = (await cast.happen("exam:assigned", { ...exam, userId: name }))(channel);
      const { [name]: heard, ...others } = await cast.heardBy(people);
      const said = written.parse(heard?.[1]?.data);
      expect(said).toEqual({ title, message: expect.stringMatching(message) });
      expect(heard).toEqual([
        event(channel, "exam:assigned", exam, id),
        notification(name, { type: "exam", ...said }, exam, id),
      ]);
      expect(Object.values(others)).toEqual([[], []]);
    }
  });

  test("C: exam:published reaches the role, each reader in their language", async () => {
    const exam = { examId: "e2", examTitle: "Hóa học" };
    const channel = "notifications:role:student";
    const id = (await cast.happen("exam:published", { ...exam, role: "STUDENT" }))(channel);
    const heard = (user: string, title: string, message: string) => [
      event(channel, "exam:published", exam, id),
      notification(user, { type: "exam", title, message }, exam, id),
    ];
    await cast.expectHeard(people, {
      mai: heard("mai", "Đề thi đã được công bố", "Đã có đề thi Hóa học"),
      tom: heard("tom", "Exam published", "Hóa học is now available"),
    });
  });
});

describe("the upgrade", () => {
  test("C: the Origin is checked", async () => {
    const token = await cast.token(mai);
    const from = (Origin: string) => cast.knock(`/connect?token=${token}`, { headers: { Origin } });
    expect(await from(ORIGIN)).toBe("welcome");
    expect(await from("https://cheat.example")).toBe("1008 origin_not_allowed");
  });

  test("C: the token may come in the query or in a cookie, which counts from an allowed origin only", async () => {
    const token = await cast.token(mai);
    expect(await cast.knock(`/connect?token=${token}`)).toBe("welcome");
    const Cookie = `theme=dark; token=${token}`;
    expect(await cast.knock("/connect", { headers: { Cookie, Origin: ORIGIN } })).toBe("welcome");
    expect(await cast.knock("/connect", { headers: { Cookie } })).toBe("1008 unauthorized");
  });

  test("C: bad credentials close with 1008", async () => {
    const expired = await cast.token({ ...mai, exp: secondsFromNow(-60) });
    expect(await cast.knock("/connect?token=nonsense")).toBe("1008 unauthorized");
    expect(await cast.knock(`/connect?token=${expired}`)).toBe("1008 token_expired");
  });
});

describe("frames", () => {
  test("C: ping, subscribe, unsubscribe and ack are understood", async () => {
    const device = await cast.enter(mai, { client: "tab-1" });
    expect(await device.ask({ type: "ping" })).toMatchObject({ type: "pong" });
    expect(await device.follow("room:toan-12")).toMatchObject({
      type: "subscribed",
      channel: "room:toan-12",
    });
    const inRoom = await publishTo("room:toan-12", { page: 1 });
    await cast.expectHeard({ device }, { device: [inRoom] });
    expect(await device.ask({ type: "unsubscribe", channels: ["room:toan-12"] })).toMatchObject({
      type: "unsubscribed",
      code: "requested",
    });
    await publishTo("room:toan-12", { page: 2 });
    const { id } = await publishTo("notifications:user:mai");
    const { device: heard } = await cast.heardBy({ device });
    expect(heard).toEqual([event("notifications:user:mai", "x", null, id)]);
    const receipt = async (): Promise<unknown> =>
      JSON.parse((await cast.askAsBackend(`/users/mai/events/${id}`)).text);
    expect(await receipt()).toMatchObject({ received: [] });
    device.socket.send({ type: "ack", offset: heard?.[0]?.offset });
    await device.ask({ type: "ping" });
    expect(await receipt()).toMatchObject({ id, received: [{ client: "tab-1", at: expect.any(Number) }] });
  });

  test("C: a bad frame closes with 1003", async () => {
    for (const frame of [
      "not json",
      '"text"',
      "[1]",
      "{}",
      '{"type":"subscribe"}',
      '{"type":"ack","offset":-1}',
    ]) {
      const { socket } = await cast.enter(tom);
      socket.sendRaw(frame);
      const end = { code: 1003, reason: "invalid_frame" };
      expect([frame, await socket.ended()]).toEqual([frame, end]);
      expect(socket.frames.at(-1)).toMatchObject({ type: "close", ...end });
    }
  });

  test("C: a frame may have 10 KB and no more", async () => {
    const { socket } = await cast.enter(tom);
    const frame = (bytes: number) => {
      const empty = JSON.stringify({ type: "ping", ref: bytes, padding: "" });
      return JSON.stringify({ type: "ping", ref: bytes, padding: "x".repeat(bytes - empty.length) });
    };
    socket.sendRaw(frame(10_240));
    expect(await socket.next("pong", "the answer to the largest frame")).toMatchObject({ ref: 10_240 });
    socket.sendRaw(frame(10_241));
    expect(await socket.ended()).toEqual({ code: 1009, reason: "frame_too_large" });
  });
});

describe("delivery", () => {
  test("C: a batch reaches many users, what is beyond the first calls by the queue, each once", async () => {
    const users = Array.from({ length: 20 }, (_, index) => `student-${index + 1}`);
    const online = users.slice(-4);
    const devices = Object.fromEntries(
      await Promise.all(online.map(async (sub) => [sub, await cast.enter({ sub })] as const)),
    );
    const said = { type: "exam", title: "Ngày thi", message: "Thứ hai, 8:00" };
    const targets = await cast.publish({ id: "day", event: "exam:day", to: { users }, notification: said });
    const statuses = targets.map(({ status }) => status);
    expect(targets.map(({ channel }) => channel)).toEqual(users.map((user) => `user:${user}`));
    expect(statuses.filter((status) => status === "queued")).toHaveLength(15);
    const heard = (user: string) => [
      event(`user:${user}`, "exam:day", null, "day"),
      notification(user, said, null, "day"),
    ];
    await Promise.all(
      online.map((user) =>
        devices[user]?.socket.next(
          "event",
          "the queued event",
          ({ event: name }) => name === "notification:new",
        ),
      ),
    );
    await cast.expectHeard(devices, Object.fromEntries(online.map((user) => [user, heard(user)])));
    const stored = z.object({ events: z.array(z.looseObject({ event: z.string() })) });
    const poll = async (user: string) => {
      const { text } = await cast.askAs({ sub: user }, "/events?since=0.0");
      return stored.parse(JSON.parse(text)).events.filter(({ event: name }) => name !== "marker");
    };
    const offline = users
      .slice(0, -4)
      .map((user) =>
        expect
          .poll(() => poll(user), { message: `awaited the queued event of ${user}`, timeout: 10_000 })
          .toEqual(heard(user)),
      );
    await Promise.all(offline);
  });

  test("C: duplicates are filtered, among the last 1,000 ids at least", async () => {
    const device = await cast.enter({ sub: "thousand" });
    await cast.heardBy({ device });
    const to = { users: ["thousand"] };
    const batches = Array.from({ length: 10 }, (_, batch) =>
      Array.from({ length: 100 }, (_, index) => ({ id: `n-${batch * 100 + index + 1}`, event: "x", to })),
    );
    const offsets: (number | undefined)[] = [];
    for (const batch of batches) offsets.push(...(await cast.publish(batch)).map(({ offset }) => offset));
    const again = await cast.publish(batches[0] ?? []);
    expect(again).toHaveLength(100);
    expect(again.map(({ duplicate }) => duplicate)).toEqual(again.map(() => true));
    expect(again.map(({ offset }) => offset)).toEqual(offsets.slice(0, 100));
    const { device: heard } = await cast.heardBy({ device });
    expect(heard?.map(({ id }) => id)).toEqual(batches.flat().map(({ id }) => id));
  });

  test("C: history is replayed on reconnect, in order and once", async () => {
    const first = await cast.enter(mai, { client: "phone" });
    await first.follow("room:toan-12");
    const one = await publishTo("notifications:user:mai", { n: 1 });
    const roomOne = await publishTo("room:toan-12", { n: 1 });
    const { first: before } = await cast.heardBy({ first });
    expect(before).toEqual([one, roomOne]);
    first.drop();
    const two = await publishTo("notifications:user:mai", { n: 2 });
    const three = await publishTo("notifications:role:student", { n: 3 });
    const roomTwo = await publishTo("room:toan-12", { n: 2 });
    const back = await cast.enter(mai, { client: "phone", since: first.since });
    expect(back.welcome.recovered).toBe(true);
    expect(await back.follow("room:toan-12", first.sinceOf("room:toan-12"))).toMatchObject({
      recovered: true,
    });
    const four = await publishTo("notifications:user:mai", { n: 4 });
    const { back: after } = await cast.heardBy({ back });
    const of = (room: boolean) => after?.filter(({ channel }) => (channel === "room:toan-12") === room);
    expect([of(false), of(true)]).toEqual([[two, three, four], [roomTwo]]);
  });

  test("C: what passes is seen by who is there, and never replayed", async () => {
    const [device, other] = [await cast.enter(mai), await cast.enter(tom)];
    for (const one of [device, other]) await one.follow("room:chat");
    const typing = { event: "typing", data: { user: "lan" }, to: { channels: ["room:chat"] }, store: false };
    await cast.publish({ ...typing, id: "typing-1" });
    const { offset: _, ...passing } = event("room:chat", "typing", { user: "lan" }, "typing-1");
    await cast.expectHeard({ device, other }, { device: [passing], other: [passing] });
    const later = await cast.enter(lan);
    expect(await later.follow("room:chat", "0.0")).toMatchObject({ recovered: true });
    await cast.expectHeard({ later }, {});
  });

  test("C: dead letters are for the operator", async () => {
    const answer = await cast.askAsBackend("/dead-letters");
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { deadLetters: [], more: false }]);
    expect(problemIn(await cast.askAs(mai, "/dead-letters")).code).toBe("forbidden");
    expect(problemIn(await cast.backend.ask("/dead-letters")).code).toBe("unauthorized");
  });
});

describe("signing in and out", () => {
  test("C: sign-out ends the connections, and the token is of no use any more", async () => {
    const claims = { sub: "quyen", roles: ["student"], iat: secondsFromNow(-60) };
    const [token, newer] = [
      await cast.token(claims),
      await cast.token({ ...claims, iat: secondsFromNow(0) }),
    ];
    const [phone, laptop] = [await cast.enterBy(token), await cast.enterBy(token)];
    const answer = await cast.askAsBackend("/users/quyen/disconnect", {
      method: "POST",
      body: JSON.stringify({ revokeBefore: secondsFromNow(-30) * 1000 }),
    });
    expect(JSON.parse(answer.text)).toEqual({ disconnected: 2 });
    for (const { socket } of [phone, laptop]) {
      expect(await socket.next("close", "the end")).toMatchObject({ code: 1008, reason: "kicked" });
    }
    expect(await cast.knock(`/connect?token=${token}`)).toBe("1008 unauthorized");
    expect(await cast.knock(`/connect?token=${newer}`)).toBe("welcome");
  });

  test("C: a connection does not change its user", async () => {
    const { socket } = await cast.enter(mai);
    socket.send({ type: "auth", token: await cast.token(tom) });
    expect(await socket.ended()).toEqual({ code: 1008, reason: "forbidden" });
  });
});

test("C: what the service prints says who did what, and holds no token, key or payload", async () => {
  const { service } = cast;
  const token = await cast.token({ sub: "sang", roles: ["student"] });
  await cast.enterBy(token);
  await cast.knock(`/connect?token=${token.slice(0, -1)}`);
  await cast.publish({ event: "x", data: "điểm thi", to: { users: ["sang"] } });
  await cast.askAsBackend("/users/sang/disconnect", { method: "POST" });
  const printed = () => service.output();
  await expect
    .poll(printed, { message: "awaited the line of the disconnection", timeout: 10_000 })
    .toMatch(/user disconnected.*sang|sang.*user disconnected/s);
  for (const secret of [service.publishKey, service.jwtSecret, token.split(".")[2] ?? "", "điểm thi"]) {
    expect(secret).not.toBe("");
    expect(printed()).not.toContain(secret);
  }
});

describe("in the end", () => {
  test("C: clients are told to ping every 30 s, and a connection that does not ping is dropped", async () => {
    for (const { welcome } of [silent, ...Object.values(pinging)]) expect(welcome.heartbeat).toBe(30_000);
    const path = `/connect?token=${await cast.token(old)}`;
    // Nobody wakes an object for the dead. They are noticed when somebody needs their place.
    await expect
      .poll(() => cast.knock(path), { message: "awaited a free place", timeout: 20_000, interval: 500 })
      .toBe("welcome");
    expect(Date.now() - openedAt).toBeGreaterThanOrEqual(10_000);
    expect(await silent.socket.next("close", "the end")).toMatchObject({ code: 1013 });
    await cast.heardBy(pinging);
    const last = await publishTo("user:old");
    await cast.expectHeard(pinging, { p1: [last], p2: [last], p3: [last], p4: [last] });
  });

  // The counts begin anew each ten seconds, so twice the limit may pass before one is refused.
  test("C: a user who connects too often, and then an address, is refused with 1008", async () => {
    const isRefused = async (path: string) => {
      for (let round = 0; round < 4; round += 1) {
        const outcomes = await Promise.all(Array.from({ length: 60 }, () => cast.knock(path)));
        if (outcomes.includes("1008 rate_limited")) return true;
      }
      return false;
    };
    expect(await isRefused(`/connect?client=tab&token=${await cast.token({ sub: "hasty" })}`)).toBe(true);
    expect(await isRefused("/connect?token=nonsense")).toBe(true);
    expect(await cast.publish({ event: "x", to: { users: ["hasty"] } })).toMatchObject([
      { status: "stored" },
    ]);
  });
});
