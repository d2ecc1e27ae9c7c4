import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { secondsFromNow, userToken } from "../../support/token.ts";
import { Cast } from "./cast.ts";
import type { Device } from "./device.ts";
import { event, notification } from "./heard.ts";

const applicant = { sub: "niran", roles: ["applicant"], locale: "en" };
const other = { sub: "olga", roles: ["applicant"], locale: "en" };
const officer = { sub: "officer-1", roles: ["officer"], locale: "th" };

let cast: Cast;
let people: Record<"phone" | "laptop" | "other" | "officer", Device>;

beforeAll(async () => {
  cast = await Cast.start();
  people = {
    phone: await cast.enter(applicant),
    laptop: await cast.enter(applicant),
    other: await cast.enter(other),
    officer: await cast.enter(officer),
  };
});
afterAll(() => cast?.stop());
beforeEach(() => cast.heardBy(people));
afterEach(() => cast.dropAllBut(people));

const application = { applicationId: "app-7", applicationNumber: "LIC-2026-007" };

describe("connecting", () => {
  test("E: the greeting of ?token= says the user's id", () => {
    const { welcome } = people.officer;
    expect(welcome).toMatchObject({ type: "welcome", user: "officer-1", roles: ["officer"] });
    expect(people.officer.socket.frames[0]).toEqual(welcome);
  });

  test("E: a token that is missing, forged, expired or of nobody is refused with 1008 and a reason", async () => {
    const { service } = cast;
    const forged = await userToken(service, applicant, "another secret than the service's");
    const expired = await cast.token({ ...applicant, exp: secondsFromNow(-60) });
    const ofNobody = await cast.token({ roles: ["officer"] });
    const outcomes = [];
    for (const query of ["", "?token=", "?token=a.b.c", `?token=${forged}`, `?token=${ofNobody}`]) {
      outcomes.push(await cast.knock(`/connect${query}`));
    }
    expect(outcomes).toEqual(Array.from(outcomes, () => "1008 unauthorized"));
    expect(await cast.knock(`/connect?token=${expired}`)).toBe("1008 token_expired");
    expect(await cast.knock(`/connect?token=${await cast.token(applicant)}`)).toBe("welcome");
  });

  test("E: a ping is answered with a pong", async () => {
    const { socket } = await cast.enter(applicant, { pings: false });
    socket.sendRaw('{"type":"ping"}');
    await socket.until(() => socket.messages.includes('{"type":"pong"}'), "the pong");
    const { officer: device } = people;
    expect(await device.ask({ type: "ping" })).toMatchObject({ type: "pong", ref: expect.any(Number) });
  });
});

describe("events", () => {
  test("E: a status change reaches the applicant on every device, with a notification", async () => {
    const data = { ...application, status: "granted", previousStatus: "in review" };
    const id = (await cast.happen("application:status-changed", { ...data, applicantId: "niran" }))(
      "user:niran",
    );
    const said = {
      type: "application",
      title: "Application updated",
      message: "Application LIC-2026-007: granted",
    };
    const heard = [
      event("user:niran", "application:status-changed", data, id),
      notification("niran", said, data, id),
    ];
    await cast.expectHeard(people, { phone: heard, laptop: heard });
  });

  test("E: a device that was away gets the status change when it comes back", async () => {
    const tablet = await cast.enter(applicant, { client: "tablet" });
    await cast.heardBy({ tablet });
    tablet.drop();
    const data = { ...application, status: "in review" };
    const id = (await cast.happen("application:status-changed", { ...data, applicantId: "niran" }))(
      "user:niran",
    );
    const back = await cast.enter(applicant, { client: "tablet", since: tablet.since });
    const heard = await cast.heardBy({ back, laptop: people.laptop });
    expect(heard.back?.map(({ event: name, id: of }) => [name, of])).toEqual([
      ["application:status-changed", id],
      ["notification:new", id],
    ]);
    expect(heard.laptop).toEqual(heard.back);
  });

  test("E: a new notification reaches the person that it is for", async () => {
    const said = {
      type: "reminder",
      title: "A document is missing",
      message: "Please send the lease",
      actionUrl: "/applications/app-7",
    };
    const data = { applicationId: "app-7" };
    const to = { users: ["olga"] };
    await cast.publish({ id: "reminder-1", event: "reminder", data, to, notification: said });
    await cast.expectHeard(people, {
      other: [
        event("user:olga", "reminder", data, "reminder-1"),
        notification("olga", said, data, "reminder-1"),
      ],
    });
  });

  test("E: the assignment of an application reaches the person it is assigned to, in that person's language", async () => {
    const data = { ...application, assignedBy: "Head of office" };
    const id = (await cast.happen("application:assigned", { ...data, assigneeId: "officer-1" }))(
      "user:officer-1",
    );
    const said = {
      type: "assignment",
      title: "คุณได้รับมอบหมายคำขอ",
      message: "คำขอ LIC-2026-007 อยู่ในความดูแลของคุณ",
    };
    await cast.expectHeard(people, {
      officer: [
        event("user:officer-1", "application:assigned", data, id),
        notification("officer-1", said, data, id),
      ],
    });
  });

  test("E: a system alert reaches everybody", async () => {
    const data = { title: "Uploads are paused", message: "The disk is full.", level: "critical" };
    const id = (await cast.happen("system:alert", data))("user:*");
    const said = { type: "alert", title: data.title, message: data.message, priority: "high" };
    const heard = (user: string) => [
      event(`user:${user}`, "system:alert", data, id),
      notification(user, said, data, id),
    ];
    await cast.expectHeard(people, {
      phone: heard("niran"),
      laptop: heard("niran"),
      other: heard("olga"),
      officer: heard("officer-1"),
    });
  });

  test("E: nobody may listen to another person's channel", async () => {
    for (const channel of ["user:niran", "user:niran:notifications", "notifications:role:officer"]) {
      expect(await cast.doorsOf(channel, other, people.other)).toEqual([
        "forbidden",
        "1008 forbidden",
        "forbidden",
      ]);
    }
  });
});
