import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { problemIn } from "../../support/backend.ts";
import { Socket } from "../../support/socket.ts";
import { Cast } from "./cast.ts";
import type { Device } from "./device.ts";
import { event, notification } from "./heard.ts";

const ORIGIN = "https://gacp.example";

// Tokens as the platform's sign-in makes them.
const somying = {
  userId: "f1",
  role: "FARMER",
  email: "somying@farm.example",
  name: "สมหญิง ใจดี",
  locale: "th",
};
const john = {
  userId: "f2",
  role: "FARMER",
  email: "john@farm.example",
  name: "John Field",
  locale: "en-GB",
};
const anan = { userId: "ad1", role: "ADMIN", email: "anan@dtam.example", name: "อนันต์" };
const darin = { userId: "ad2", role: "DTAM_ADMIN", email: "darin@dtam.example", name: "ดารินทร์" };
const prasert = { userId: "au1", role: "AUDITOR", email: "prasert@audit.example", name: "ประเสริฐ" };
const wichai = { userId: "au2", role: "AUDITOR", email: "wichai@audit.example", name: "วิชัย" };

const application = { farmerId: "f1", applicationId: "app-1", applicationNumber: "GACP-2569-0001" };

let cast: Cast;
let people: Record<"farmer" | "neighbour" | "admin" | "dtamAdmin" | "auditor" | "colleague", Device>;

beforeAll(async () => {
  cast = await Cast.start({
    ALLOWED_ORIGINS: ORIGIN,
    // All that a connection may send in its window may come at once, so that the test need not take a quarter of an hour.
    MESSAGE_BURST: "1000",
  });
  people = {
    farmer: await cast.enter(somying),
    neighbour: await cast.enter(john),
    admin: await cast.enter(anan),
    dtamAdmin: await cast.enter(darin),
    auditor: await cast.enter(prasert),
    colleague: await cast.enter(wichai),
  };
});
afterAll(() => cast?.stop());

// What a test that failed has left behind is no matter of the next one.
beforeEach(() => cast.heardBy(people));
afterEach(() => cast.dropAllBut(people));

const happen = (name: string, data: object) => cast.happen(name, data);
const expectHeard = (expected: Partial<Record<keyof typeof people, readonly object[]>>) =>
  cast.expectHeard(people, expected);

describe("who is who", () => {
  test("A: roles FARMER, ADMIN, DTAM_ADMIN and AUDITOR come from the token's userId, role, email and name", () => {
    const known = Object.values(people).map(({ welcome: { user, roles } }) => [user, roles]);
    expect(known).toEqual([
      ["f1", ["farmer"]],
      ["f2", ["farmer"]],
      ["ad1", ["admin"]],
      ["ad2", ["dtam_admin"]],
      ["au1", ["auditor"]],
      ["au2", ["auditor"]],
    ]);
  });

  test("A: a token whose userId, role, email or name is none is refused and told which", async () => {
    for (const claim of ["userId", "role", "email", "name"]) {
      const answer = await cast.askAs({ ...somying, [claim]: { not: "a text" } }, "/events");
      const { code, detail } = problemIn(answer);
      expect([code, detail]).toEqual(["unauthorized", expect.stringContaining(`"${claim}"`)]);
    }
  });

  test("A: each role follows its own and its shared channels from the start, and no others", () => {
    const own = (id: string) => [`user:${id}`, `user:${id}:notifications`, `notifications:user:${id}`];
    const everybodys = [
      "notifications:system",
      "announcements",
      "public:announcements",
      "system:announcements",
      "system:maintenance",
      "status:online",
    ];
    const admins = ["applications", "payments", "certificates", "notifications", "system"];
    const expected = {
      farmer: [
        ...own("f1"),
        "farmer:f1",
        "farmer:f1:applications",
        "farmer:f1:payments",
        "farmer:f1:certificates",
        ...everybodys,
        "notifications:role:farmer",
      ],
      admin: [
        ...own("ad1"),
        "admin:ad1",
        ...everybodys,
        ...admins.map((topic) => `admin:${topic}`),
        "notifications:role:admin",
      ],
      dtamAdmin: [
        ...own("ad2"),
        "admin:ad2",
        ...everybodys,
        ...admins.map((topic) => `admin:${topic}`),
        "notifications:role:dtam_admin",
      ],
      auditor: [
        ...own("au1"),
        "auditor:au1",
        ...everybodys,
        "auditor:assignments",
        "notifications:role:auditor",
      ],
    };
    for (const [name, channels] of Object.entries(expected)) {
      const { welcome } = people[name as keyof typeof expected];
      expect([name, welcome.channels.toSorted()]).toEqual([name, channels.toSorted()]);
    }
  });
});

describe("channels", () => {
  test("A: a user's own channels reach that user, and only in the role that they are for", async () => {
    const reached: [channel: string, who: keyof typeof people][] = [
      ["user:f1", "farmer"],
      ["farmer:f1", "farmer"],
      ["farmer:f1:applications", "farmer"],
      ["farmer:f1:payments", "farmer"],
      ["farmer:f1:certificates", "farmer"],
      ["admin:ad1", "admin"],
      ["admin:ad2", "dtamAdmin"],
      ["auditor:au1", "auditor"],
    ];
    for (const [channel, who] of reached) {
      const id = cast.fresh("e");
      await cast.publish({ id, event: "x", data: { channel }, to: { channels: [channel] } });
      await expectHeard({ [who]: [event(channel, "x", { channel }, id)] });
    }
    // It lies in the log of somebody who is no farmer, and is not shown.
    await cast.publish({ event: "x", to: { channels: ["farmer:ad1:payments", "admin:f1", "auditor:ad1"] } });
    await expectHeard({});
  });

  test("A: shared channels reach both kinds of administrator, auditors, everybody, and nobody else", async () => {
    const admins = ["admin", "dtamAdmin"] as const;
    const auditors = ["auditor", "colleague"] as const;
    const all = Object.keys(people) as (keyof typeof people)[];
    const reached: [channel: string, who: readonly (keyof typeof people)[]][] = [
      ["admin:applications", admins],
      ["admin:payments", admins],
      ["admin:certificates", admins],
      ["admin:system", admins],
      ["auditor:assignments", auditors],
      ["public:announcements", all],
      ["status:online", all],
    ];
    for (const [channel, who] of reached) {
      const id = cast.fresh("e");
      await cast.publish({ id, event: "x", data: { channel }, to: { channels: [channel] } });
      const heard = [event(channel, "x", { channel }, id)];
      await expectHeard(Object.fromEntries(who.map((name) => [name, heard])));
    }
  });

  test("A: a farmer on admin:payments, an auditor on a farmer's channel and the like are refused", async () => {
    const forbidden = ["forbidden", "1008 forbidden", "forbidden"];
    const unknown = ["unknown_channel", "1008 forbidden", "unknown_channel"];
    const refused: [claims: typeof anan, device: Device, channels: string[], told: string[]][] = [
      [
        somying,
        people.farmer,
        ["admin:payments", "admin:system", "auditor:assignments", "farmer:f2:payments", "user:f2"],
        forbidden,
      ],
      [
        prasert,
        people.auditor,
        ["farmer:f1:payments", "farmer:f1", "auditor:au2", "admin:system"],
        forbidden,
      ],
      [anan, people.admin, ["farmer:f1:payments", "admin:ad2", "auditor:assignments", "user:f1"], forbidden],
      [darin, people.dtamAdmin, ["farmer:f1:certificates", "admin:ad1"], forbidden],
      [somying, people.farmer, ["farmer:f1:invoices", "payments"], unknown],
    ];
    for (const [claims, device, channels, told] of refused) {
      for (const channel of channels) {
        expect([channel, ...(await cast.doorsOf(channel, claims, device))]).toEqual([channel, ...told]);
      }
    }
    await cast.publish({ event: "x", to: { channels: ["admin:payments"] } });
    expect((await cast.heardBy(people)).farmer).toEqual([]);
  });

  test("A: nobody publishes with a farmer's or an administrator's token", async () => {
    for (const claims of [somying, anan]) {
      const body = JSON.stringify({ event: "x", to: { channels: ["public:announcements"] } });
      expect(problemIn(await cast.askAs(claims, "/publish", { method: "POST", body })).code).toBe(
        "forbidden",
      );
    }
    await expectHeard({});
  });
});

describe("domain events", () => {
  test("A: application:created reaches the farmer with a notification, and admin:applications as application:new", async () => {
    const { farmerId: _, ...named } = application;
    const submitted = {
      farmerName: somying.name,
      farmName: "ไร่สุขใจ",
      standardName: "GACP",
      submittedDate: "2026-01-31T02:30:00Z",
    };
    const id = await happen("application:created", { ...application, ...submitted, status: "submitted" });
    const forFarmer = { ...named, standardName: "GACP", status: "submitted" };
    const forAdmins = [
      event("admin:applications", "application:new", { ...named, ...submitted }, id("admin:applications")),
    ];
    const said = {
      type: "application",
      title: "คำขอถูกสร้างแล้ว",
      message: "คำขอ GACP-2569-0001 ถูกสร้างเรียบร้อยแล้ว",
    };
    await expectHeard({
      farmer: [
        event("user:f1", "application:created", forFarmer, id("user:f1")),
        notification("f1", said, forFarmer, id("user:f1")),
      ],
      admin: forAdmins,
      dtamAdmin: forAdmins,
    });
  });

  test("A: application:updated reaches the farmer with a notification, and the assigned administrator without updatedFields", async () => {
    const { farmerId: _, ...named } = application;
    const changed = { ...application, status: "in_review", updatedFields: ["status", "address"] };
    const id = await happen("application:updated", { ...changed, assignedAdminId: "ad2" });
    const forFarmer = { ...named, status: "in_review", updatedFields: ["status", "address"] };
    const said = {
      type: "application",
      title: "คำขอมีการอัพเดท",
      message: "คำขอ GACP-2569-0001 มีการเปลี่ยนแปลงสถานะ",
    };
    const farmer = (of: (channel: string) => string) => [
      event("user:f1", "application:updated", forFarmer, of("user:f1")),
      notification("f1", said, forFarmer, of("user:f1")),
    ];
    const forAdmin = { ...named, status: "in_review" };
    await expectHeard({
      farmer: farmer(id),
      dtamAdmin: [event("user:ad2", "application:updated", forAdmin, id("user:ad2"))],
    });
    for (const nobody of [{}, { assignedAdminId: null }]) {
      await expectHeard({ farmer: farmer(await happen("application:updated", { ...changed, ...nobody })) });
    }
  });

  test("A: application:approved and application:rejected reach the farmer and admin:applications, with the reason", async () => {
    for (const [name, status, reason] of [
      ["application:approved", "approved", "เอกสารครบถ้วน"],
      ["application:rejected", "rejected", "เอกสารไม่ครบ"],
    ] as const) {
      const data = { ...application, status, reason };
      const id = await happen(name, data);
      const forAdmins = [event("admin:applications", name, data, id("admin:applications"))];
      await expectHeard({
        farmer: [event("user:f1", name, data, id("user:f1"))],
        admin: forAdmins,
        dtamAdmin: forAdmins,
      });
    }
    const unexplained = { event: "application:rejected", data: application };
    const { code, issues } = problemIn(await cast.backend.post(JSON.stringify(unexplained)));
    expect([code, issues?.map(({ path }) => path)]).toEqual(["invalid_data", ["data.reason"]]);
  });

  test("A: payment:created reaches the farmer alone", async () => {
    const { applicationNumber } = application;
    const data = { farmerId: "f1", paymentId: "pay-1", applicationNumber, amount: 5000 };
    const id = await happen("payment:created", data);
    await expectHeard({ farmer: [event("user:f1", "payment:created", data, id("user:f1"))] });
  });

  test("A: payment:confirmed reaches the farmer with a notification, and admin:payments as payment:received", async () => {
    const payment = {
      paymentId: "pay-1",
      applicationNumber: application.applicationNumber,
      amount: 1234567.5,
    };
    const data = { ...payment, farmerId: "f1", farmerName: somying.name, receiptNumber: "R-77" };
    const id = await happen("payment:confirmed", data);
    const forFarmer = { ...payment, receiptNumber: "R-77" };
    const forAdmins = { ...payment, farmerName: somying.name };
    const said = {
      type: "payment",
      title: "✅ การชำระเงินสำเร็จ",
      message: "ได้รับชำระเงินจำนวน 1,234,567.5 บาทแล้ว",
    };
    const received = [event("admin:payments", "payment:received", forAdmins, id("admin:payments"))];
    await expectHeard({
      farmer: [
        event("user:f1", "payment:confirmed", forFarmer, id("user:f1")),
        notification("f1", said, forFarmer, id("user:f1")),
      ],
      admin: received,
      dtamAdmin: received,
    });
  });

  test("A: certificate:issued reaches the farmer to be celebrated, with a notification", async () => {
    const certificate = {
      certificateId: "c-1",
      certificateNumber: "CERT-9",
      farmName: "ไร่สุขใจ",
      score: 92.5,
      issuedDate: "2026-01-31",
      expiryDate: "2029-01-31",
      pdfUrl: "https://files.example/c-1.pdf",
    };
    const id = await happen("certificate:issued", { ...certificate, farmerId: "f1" });
    const data = { ...certificate, celebration: true };
    const said = {
      type: "certificate",
      title: "🎉 ออกใบรับรองแล้ว!",
      message: "ยินดีด้วย! คุณได้รับใบรับรอง CERT-9",
    };
    await expectHeard({
      farmer: [
        event("user:f1", "certificate:issued", data, id("user:f1")),
        notification("f1", said, data, id("user:f1")),
      ],
    });
  });

  test("A: certificate:expiring reaches the farmer alone", async () => {
    const data = {
      farmerId: "f1",
      certificateId: "c-1",
      certificateNumber: "CERT-9",
      expiryDate: "2029-01-31",
      daysLeft: 30,
    };
    const id = await happen("certificate:expiring", data);
    await expectHeard({ farmer: [event("user:f1", "certificate:expiring", data, id("user:f1"))] });
  });

  test("A: audit:scheduled and audit:completed reach the farmer and the auditor, no other auditor", async () => {
    const { applicationNumber } = application;
    const audit = { farmerId: "f1", auditorId: "au1", auditId: "v-1", applicationNumber };
    for (const [name, data] of [
      ["audit:scheduled", { ...audit, scheduledDate: "2026-03-01T02:00:00Z", location: "เชียงใหม่" }],
      ["audit:completed", { ...audit, completedDate: "2026-03-01", result: "pass", score: 88 }],
    ] as const) {
      const id = await happen(name, data);
      await expectHeard({
        farmer: [event("user:f1", name, data, id("user:f1"))],
        auditor: [event("user:au1", name, data, id("user:au1"))],
      });
    }
  });

  test("A: system:announcement reaches everyone, with its own title and message as the notification", async () => {
    const data = {
      title: "ปิดปรับปรุงระบบ",
      message: "คืนนี้ 22:00 น.",
      type: "warning",
      priority: "high",
      actionUrl: "/maintenance",
    };
    const id = await happen("system:announcement", data);
    const { title, message, priority, actionUrl } = data;
    const said = { type: "announcement", title, message, priority, actionUrl };
    const heard = (user: string) => [
      event(`user:${user}`, "system:announcement", data, id("user:*")),
      notification(user, said, data, id("user:*")),
    ];
    await expectHeard({
      farmer: heard("f1"),
      neighbour: heard("f2"),
      admin: heard("ad1"),
      dtamAdmin: heard("ad2"),
      auditor: heard("au1"),
      colleague: heard("au2"),
    });
    for (const wrong of [{ type: "loud" }, { priority: "highest" }]) {
      const body = JSON.stringify({ event: "system:announcement", data: { ...data, ...wrong } });
      expect(problemIn(await cast.backend.post(body))).toMatchObject({
        code: "invalid_data",
        issues: [{ path: `data.${Object.keys(wrong)[0]}` }],
      });
    }
  });

  test("A: who comes for the first time finds the announcements of the last days", async () => {
    const data = { title: "ประกาศ", message: "ยินดีต้อนรับ", type: "info", priority: "normal" };
    const id = await happen("system:announcement", data);
    const token = await cast.token({ userId: "f9", role: "FARMER", locale: "th" });
    const newcomer = await Socket.greeted(`${cast.service.wsUrl}/connect?token=${token}`);
    const isHis = ({ id: of }: { id: string }) => of === id("user:*");
    const first = await newcomer.next("event", "the announcement", isHis);
    const second = await newcomer.next("event", "its notification", isHis);
    newcomer.drop();
    const said = { type: "announcement", title: "ประกาศ", message: "ยินดีต้อนรับ" };
    expect([first, second]).toEqual([
      event("user:f9", "system:announcement", data, id("user:*")),
      notification("f9", said, data, id("user:*")),
    ]);
  });

  test("A: notifications are in English for who reads English", async () => {
    const { applicationNumber } = application;
    const his = { ...application, farmerId: "f2" };
    const submitted = {
      farmerName: john.name,
      farmName: "Green Hill",
      standardName: "GACP",
      submittedDate: "2026-01-31",
    };
    const certificate = {
      certificateId: "c-2",
      certificateNumber: "CERT-10",
      farmName: "Green Hill",
      score: 90,
      issuedDate: "2026-01-31",
      expiryDate: "2029-01-31",
      pdfUrl: "https://files.example/c-2.pdf",
    };
    const payment = { farmerId: "f2", paymentId: "pay-2", applicationNumber, amount: 1234567.5 };
    await happen("application:created", { ...his, ...submitted, status: "submitted" });
    await happen("application:updated", { ...his, status: "in_review", updatedFields: ["status"] });
    await happen("payment:confirmed", { ...payment, farmerName: john.name, receiptNumber: "R-78" });
    await happen("certificate:issued", { ...certificate, farmerId: "f2" });
    const { neighbour, farmer } = await cast.heardBy(people);
    const written = z.object({ title: z.string(), message: z.string() });
    const said = neighbour
      ?.filter(({ event: name }) => name === "notification:new")
      .map(({ data }) => Object.values(written.parse(data)));
    expect(said).toEqual([
      ["Application created", "Application GACP-2569-0001 has been created"],
      ["Application updated", "The status of application GACP-2569-0001 has changed"],
      ["✅ Payment received", "Your payment of 1,234,567.5 baht has been received"],
      ["🎉 Certificate issued!", "Congratulations! You have received certificate CERT-10"],
    ]);
    expect(farmer).toEqual([]);
  });

  test("A: an event whose data does not fit, or that nobody knows, is refused with paths, and nobody hears of it", async () => {
    const wrong = {
      ...application,
      farmerName: somying.name,
      farmName: "",
      standardName: "GACP",
      status: "new",
    };
    const body = JSON.stringify([
      { event: "payment:created", data: { ...application, paymentId: "p", amount: 1 } },
      { event: "application:created", data: { ...wrong, submittedDate: "31/01/2026" } },
    ]);
    const { code, issues } = problemIn(await cast.backend.post(body));
    expect([code, issues?.map(({ path }) => path)]).toEqual([
      "invalid_data",
      ["1.data.farmName", "1.data.submittedDate"],
    ]);
    const unknown = problemIn(await cast.backend.post(JSON.stringify({ event: "payment:lost", data: {} })));
    expect(unknown.code).toBe("no_route");
    await expectHeard({});
  });
});

describe("limits", () => {
  test("A: a user has five connections, and the sixth is refused", async () => {
    const claims = { userId: "f5", role: "FARMER" };
    const token = await cast.token(claims);
    const devices: Record<string, Device> = {};
    for (let at = 1; at <= 5; at += 1) devices[`d${at}`] = await cast.enter(claims);
    expect(await cast.knock(`/connect?token=${token}`)).toBe("1008 too_many_connections");
    const id = cast.fresh("e");
    await cast.publish({ id, event: "x", to: { users: ["f5"] } });
    const heard = [event("user:f5", "x", null, id)];
    await cast.expectHeard(devices, { d1: heard, d2: heard, d3: heard, d4: heard, d5: heard });
    await devices.d1?.leave();
    expect(await cast.knock(`/connect?token=${token}`)).toBe("welcome");
  });

  test("A: a connection may send 1,000 messages in 15 minutes, and is closed when it goes on", async () => {
    const { socket } = await cast.enter({ userId: "f6", role: "FARMER" }, { pings: false });
    const send = (from: number, to: number) =>
      socket.send(...Array.from({ length: to - from }, (_, at) => ({ type: "ping", ref: from + at })));
    const began = Date.now();
    for (let from = 0; from < 1000; from += 250) send(from, from + 250);
    await socket.until(() => socket.all("pong").length >= 1000, "a thousand answers");
    expect(socket.all("error")).toEqual([]);
    send(1000, 1060);
    expect(await socket.ended("the connection to be closed")).toEqual({ code: 1008, reason: "rate_limited" });
    const againEach = (15 * 60_000) / 1000;
    const most = 1000 + 1 + (Date.now() - began) / againEach;
    expect(socket.all("pong").length).toBeLessThanOrEqual(most);
    expect(socket.all("error")[0]).toMatchObject({ code: "rate_limited", retryable: true });
  });

  test("A: only pages of allowed origins may connect", async () => {
    const path = `/connect?token=${await cast.token(somying)}`;
    const from = (Origin: string) => cast.knock(path, { headers: { Origin } });
    expect(await from(ORIGIN)).toBe("welcome");
    expect(await from(cast.service.url)).toBe("welcome");
    expect(await from("https://evil.example")).toBe("1008 origin_not_allowed");
    expect(await from(`${ORIGIN}.evil.example`)).toBe("1008 origin_not_allowed");
    const ask = async (Origin: string) => {
      const answer = await cast.backend.ask("/health", { headers: { Origin } });
      expect(answer.status).toBe(200);
      const events = await cast.backend.ask("/events", {
        headers: { Origin, Authorization: `Bearer ${await cast.token(somying)}` },
      });
      return events.headers.get("Access-Control-Allow-Origin");
    };
    expect([await ask(ORIGIN), await ask("https://evil.example")]).toEqual([ORIGIN, null]);
  });

  test("A: clients are told to ping every 25 s, and pings are answered", async () => {
    const { socket, welcome } = await cast.enter(somying, { pings: false });
    expect(welcome.heartbeat).toBe(25_000);
    socket.sendRaw('{"type":"ping"}');
    expect(await socket.next("pong", "the answer")).toEqual({ type: "pong" });
  });
});

describe("devices", () => {
  test("A: several devices of one farmer stay in step, and one that was away catches up", async () => {
    const [phone, tablet] = [await cast.enter(somying), await cast.enter(somying)];
    const data = { farmerId: "f1", paymentId: "pay-3", applicationNumber: "GACP-2569-0003", amount: 10 };
    const pay = async () => {
      const id = await happen("payment:created", data);
      return event("user:f1", "payment:created", data, id("user:f1"));
    };
    const first = await pay();
    const heard = await cast.heardBy({ ...people, phone, tablet });
    expect(heard.farmer).toEqual([first]);
    expect([heard.phone, heard.tablet]).toEqual([heard.farmer, heard.farmer]);
    phone.drop();
    const second = await pay();
    await cast.expectHeard({ ...people, tablet }, { farmer: [second], tablet: [second] });
    const back = await cast.enter(somying, { since: phone.since });
    expect(back.welcome.recovered).toBe(true);
    const third = await pay();
    const caughtUp = await cast.heardBy({ back, tablet });
    expect(caughtUp.tablet).toEqual([third]);
    expect(caughtUp.back).toEqual([second, third]);
  });

  test("A: who polls gets the same events as who is connected", async () => {
    const claims = { userId: "f7", role: "FARMER", locale: "th" };
    const polled = z.object({
      events: z.array(z.unknown()),
      position: z.object({ epoch: z.string(), offset: z.number() }),
      pollAfter: z.number(),
    });
    const poll = async (since: string) =>
      polled.parse(JSON.parse((await cast.askAs(claims, `/events?since=${since}`)).text));
    const connected = await cast.enter(claims);
    const id = await happen("payment:created", {
      farmerId: "f7",
      paymentId: "pay-4",
      applicationNumber: "GACP-2569-0004",
      amount: 10,
    });
    await cast.publish({ event: "x", to: { channels: ["farmer:f7:payments", "public:announcements"] } });
    await cast.publish({ event: "x", to: { channels: ["admin:payments", "farmer:f1:payments"] } });
    const { connected: heard } = await cast.heardBy({ connected });
    expect(heard?.map(({ channel }) => channel).toSorted()).toEqual([
      "farmer:f7:payments",
      "public:announcements",
      "user:f7",
    ]);
    const { epoch, offset } = connected.welcome.position;
    const { position, events, pollAfter } = await poll(`${epoch}.${offset}`);
    expect(events).toEqual([...(heard ?? []), expect.objectContaining({ event: "marker" })]);
    expect(events[0]).toMatchObject({ id: id("user:f7") });
    expect(pollAfter).toBe(5000);
    expect(await poll(`${position.epoch}.${position.offset}`)).toEqual({ events: [], position, pollAfter });
  });
});
