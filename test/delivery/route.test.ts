import { describe, expect, test } from "vitest";
import { z } from "zod";
import { findChannel } from "../../src/channels/access.ts";
import { type EventName, events } from "../../src/config/events.ts";
import type { Delivery } from "../../src/config/route-kinds.ts";
import { routes } from "../../src/config/routes.ts";
import type { IncomingEvent } from "../../src/delivery/event.ts";
import { deliveriesOf, findRoute } from "../../src/delivery/route.ts";
import { example } from "../config/example-events.ts";
import { errorOf } from "../protocol/thrown.ts";
import { incoming } from "./incoming.ts";

const at = (name: string) => name;

/** What becomes of an event of this data. */
function routed(event: string, data: unknown, said: Partial<IncomingEvent> = {}): IncomingEvent[] {
  const route = findRoute(event);
  if (!route) throw new Error(`${event} has no route.`);
  return deliveriesOf(route, incoming({ id: "e1", event, ...said }), data, { at, timeZone: "Asia/Bangkok" });
}

/** What becomes of the example of an event, as lines of: the target, the event, the data. */
function linesOf(event: EventName, more: object = {}): [string, string, unknown][] {
  return routed(event, { ...example[event], ...more }).map((delivery) => [
    delivery.reach ? "everyone" : delivery.channels.join(),
    delivery.event,
    JSON.parse(delivery.data),
  ]);
}

describe("a domain event becomes", () => {
  const { farmerName, farmName, standardName, submittedDate } = example["application:created"];
  const application = { applicationId: "a1", applicationNumber: "GACP-001" };

  test.each<[EventName, [string, string, object][]]>([
    [
      "application:created",
      [
        ["user:f1", "application:created", { ...application, standardName, status: "submitted" }],
        [
          "admin:applications",
          "application:new",
          { ...application, farmerName, farmName, standardName, submittedDate },
        ],
      ],
    ],
    [
      "application:updated",
      [
        [
          "user:f1",
          "application:updated",
          { ...application, status: "in_review", updatedFields: ["status", "address"] },
        ],
        ["user:ad1", "application:updated", { ...application, status: "in_review" }],
      ],
    ],
    [
      "application:approved",
      [
        ["user:f1", "application:approved", example["application:approved"]],
        ["admin:applications", "application:approved", example["application:approved"]],
      ],
    ],
    [
      "application:rejected",
      [
        ["user:f1", "application:rejected", example["application:rejected"]],
        ["admin:applications", "application:rejected", example["application:rejected"]],
      ],
    ],
    ["payment:created", [["user:f1", "payment:created", example["payment:created"]]]],
    [
      "payment:confirmed",
      [
        [
          "user:f1",
          "payment:confirmed",
          { paymentId: "p1", applicationNumber: "GACP-001", amount: 5000, receiptNumber: "R-77" },
        ],
        [
          "admin:payments",
          "payment:received",
          { paymentId: "p1", applicationNumber: "GACP-001", farmerName, amount: 5000 },
        ],
      ],
    ],
    [
      "certificate:issued",
      [
        [
          "user:f1",
          "certificate:issued",
          {
            certificateId: "c1",
            certificateNumber: "CERT-9",
            farmName,
            score: 92.5,
            issuedDate: "2026-01-31",
            expiryDate: "2029-01-31",
            pdfUrl: "https://files.example/c1.pdf",
            celebration: true,
          },
        ],
      ],
    ],
    ["certificate:expiring", [["user:f1", "certificate:expiring", example["certificate:expiring"]]]],
    [
      "audit:scheduled",
      [
        ["user:f1", "audit:scheduled", example["audit:scheduled"]],
        ["user:au1", "audit:scheduled", example["audit:scheduled"]],
      ],
    ],
    [
      "audit:completed",
      [
        ["user:f1", "audit:completed", example["audit:completed"]],
        ["user:au1", "audit:completed", example["audit:completed"]],
      ],
    ],
    ["system:announcement", [["everyone", "system:announcement", example["system:announcement"]]]],
    [
      "exam:assigned",
      [
        [
          "notifications:user:s1",
          "exam:assigned",
          { examId: "e1", examTitle: "Toán 12", questions: 1200, dueAt: "2026-01-31T20:00:00Z" },
        ],
      ],
    ],
    [
      "exam:published",
      [["notifications:role:STUDENT", "exam:published", { examId: "e1", examTitle: "Toán 12" }]],
    ],
    ["ANNOUNCEMENT", [["system:announcements", "ANNOUNCEMENT", example.ANNOUNCEMENT]]],
    ["QUEUE_UPDATE", [["clinic:7:queue", "QUEUE_UPDATE", example.QUEUE_UPDATE]]],
    ["CLINIC_ALERT", [["clinic:7:alerts", "CLINIC_ALERT", example.CLINIC_ALERT]]],
    [
      "application:status-changed",
      [
        [
          "user:u1",
          "application:status-changed",
          {
            applicationId: "a1",
            applicationNumber: "LIC-1",
            status: "granted",
            previousStatus: "in review",
          },
        ],
      ],
    ],
    [
      "application:assigned",
      [
        [
          "user:o1",
          "application:assigned",
          { applicationId: "a1", applicationNumber: "LIC-1", assignedBy: "Head of office" },
        ],
      ],
    ],
    ["system:alert", [["everyone", "system:alert", example["system:alert"]]]],
  ])("of %s: what is said for it", (event, lines) => {
    expect(linesOf(event)).toEqual(lines);
  });

  test.each(Object.keys(events) as EventName[])(
    "of %s: what reaches a channel that some rule knows",
    (event) => {
      const made = routed(event, example[event]);
      expect(made).toHaveLength(Object.keys(routes[event]).length);
      for (const { channels, reach } of made) {
        expect(channels.length + (reach ? 1 : 0)).toBe(1);
        for (const name of channels) expect(() => findChannel(name)).not.toThrow();
      }
    },
  );

  test.each([undefined, null])("nothing for an administrator who is not assigned: %s", (assignedAdminId) => {
    expect(linesOf("application:updated", { assignedAdminId }).map(([target]) => target)).toEqual([
      "user:f1",
    ]);
  });

  test("what is sent without the fields that are absent or that nobody knows", () => {
    const { previousStatus: _, ...data } = example["application:status-changed"];
    const [delivery] = routed("application:status-changed", { ...data, internalNote: "secret" });
    expect(delivery?.data).toBe('{"applicationId":"a1","applicationNumber":"LIC-1","status":"granted"}');
    const [whole] = routed("QUEUE_UPDATE", { clinicId: "7", waiting: 0, internalNote: "secret" });
    expect(whole?.data).toBe('{"clinicId":"7","waiting":0}');
  });
});

describe("the notification of", () => {
  test.each<[EventName, Record<string, [title: string, message: string]>]>([
    [
      "application:created",
      {
        th: ["คำขอถูกสร้างแล้ว", "คำขอ GACP-001 ถูกสร้างเรียบร้อยแล้ว"],
        en: ["Application created", "Application GACP-001 has been created"],
      },
    ],
    [
      "application:updated",
      {
        th: ["คำขอมีการอัพเดท", "คำขอ GACP-001 มีการเปลี่ยนแปลงสถานะ"],
        en: ["Application updated", "The status of application GACP-001 has changed"],
      },
    ],
    [
      "payment:confirmed",
      {
        th: ["✅ การชำระเงินสำเร็จ", "ได้รับชำระเงินจำนวน 5,000 บาทแล้ว"],
        en: ["✅ Payment received", "Your payment of 5,000 baht has been received"],
      },
    ],
    [
      "certificate:issued",
      {
        th: ["🎉 ออกใบรับรองแล้ว!", "ยินดีด้วย! คุณได้รับใบรับรอง CERT-9"],
        en: ["🎉 Certificate issued!", "Congratulations! You have received certificate CERT-9"],
      },
    ],
    [
      "exam:assigned",
      {
        en: ["New exam", "Toán 12: 1,200 questions, due February 1, 2026 at 3:00 AM"],
        vi: ["Đề thi mới", "Toán 12: 1.200 câu hỏi, hạn nộp lúc 03:00 1 tháng 2, 2026"],
      },
    ],
    [
      "exam:published",
      {
        en: ["Exam published", "Toán 12 is now available"],
        vi: ["Đề thi đã được công bố", "Đã có đề thi Toán 12"],
      },
    ],
    [
      "application:status-changed",
      {
        en: ["Application updated", "Application LIC-1: granted"],
        th: ["คำขอมีการอัพเดท", "คำขอ LIC-1: granted"],
      },
    ],
    [
      "application:assigned",
      {
        en: ["Application assigned to you", "Application LIC-1 is yours to handle"],
        th: ["คุณได้รับมอบหมายคำขอ", "คำขอ LIC-1 อยู่ในความดูแลของคุณ"],
      },
    ],
  ])("%s is written in each of its languages", (event, texts) => {
    const { title, message } = routed(event, example[event])[0]?.notification ?? {};
    const part = (index: 0 | 1) =>
      Object.fromEntries(Object.entries(texts).map(([language, both]) => [language, both[index]]));
    expect([title, message]).toEqual([part(0), part(1)]);
    // Readers of other languages get the first.
    expect(Object.keys(Object(title))).toEqual(Object.keys(texts));
  });

  test("an announcement is its own text, with its own address and priority", () => {
    expect(routed("system:announcement", example["system:announcement"])[0]?.notification).toEqual({
      type: "announcement",
      title: "ปิดปรับปรุงระบบ",
      message: "คืนนี้ 22:00 น.",
      actionUrl: "/maintenance",
      priority: "high",
    });
    expect(routed("system:announcement", { title: "T", message: "M" })[0]?.notification).toEqual({
      type: "announcement",
      title: "T",
      message: "M",
      priority: "normal",
    });
  });

  test("an alert is urgent", () => {
    expect(routed("system:alert", example["system:alert"])[0]?.notification).toMatchObject({
      title: "Disk full",
      priority: "high",
    });
  });

  test.each<[EventName, number]>([
    ["application:created", 1],
    ["application:updated", 1],
    ["application:approved", 0],
    ["payment:created", 0],
    ["payment:confirmed", 1],
    ["audit:scheduled", 0],
    ["QUEUE_UPDATE", 0],
  ])("%s is for the first alone, if there is one: %i", (event, count) => {
    const made = routed(event, example[event]).map(({ notification }) => notification !== undefined);
    expect(made).toEqual(made.map((_, index) => index < count));
  });

  test("an event that brings its own takes the place of the route's, where the route has one", () => {
    const notification = { type: "t", title: "T", message: "M", priority: "low" } as const;
    const made = routed("payment:confirmed", example["payment:confirmed"], { notification });
    expect(made.map((delivery) => delivery.notification)).toEqual([notification, undefined]);
    const { code, issues } = errorOf(() =>
      routed("payment:created", example["payment:created"], { notification }),
    );
    expect([code, issues.map(({ path }) => path)]).toEqual(["invalid_body", ["notification"]]);
  });
});

describe("a delivery", () => {
  test("has an id that follows from the event's and its name", () => {
    const ids = () => routed("payment:confirmed", example["payment:confirmed"]).map(({ id }) => id);
    expect(ids()).toEqual(["e1~farmer", "e1~admins"]);
    expect(ids()).toEqual(ids());
    const unassigned = { ...example["application:updated"], assignedAdminId: null };
    expect(routed("application:updated", unassigned).map(({ id }) => id)).toEqual(["e1~farmer"]);
    const [longest] = routed("payment:created", example["payment:created"], { id: "i".repeat(128) });
    expect(longest?.id).toBe(`${"i".repeat(128)}~farmer`);
  });

  test("is the same whenever the event is published again", () => {
    for (const event of Object.keys(events) as EventName[]) {
      expect(routed(event, example[event])).toEqual(routed(event, example[event]));
    }
  });

  test("takes on what the publisher says of the event", () => {
    const said = {
      isOwnId: true,
      aim: { only: { roles: ["admin"] }, except: { user: "7" } },
      store: false,
      ttl: 60,
    };
    for (const delivery of routed("payment:confirmed", example["payment:confirmed"], said)) {
      expect(delivery).toMatchObject({ ...said, users: [] });
    }
  });

  test("is made only where its condition holds", () => {
    const deliveries: Record<string, Delivery> = {
      rich: { to: "room:rich", when: ({ amount }) => Number(amount) >= 1000 },
      all: { to: "room:all", add: { amount: "hidden", kind: "x" } },
    };
    const route = { schema: z.object({ amount: z.number() }), deliveries };
    const made = (amount: number) =>
      deliveriesOf(route, incoming({ id: "e" }), { amount }, { at, timeZone: "UTC" });
    expect(made(999).map(({ id }) => id)).toEqual(["e~all"]);
    expect(made(1000).map(({ id, data }) => [id, data])).toEqual([
      ["e~rich", '{"amount":1000}'],
      ["e~all", '{"amount":"hidden","kind":"x"}'],
    ]);
  });

  test("picks nothing that the data does not have of its own", () => {
    const route = {
      schema: z.object({ a: z.number().optional() }),
      deliveries: { one: { to: "room:1", pick: ["a", "constructor", "__proto__", "toString"] } },
    };
    const [made] = deliveriesOf(route, incoming(), {}, { at, timeZone: "UTC" });
    expect(made?.data).toBe("{}");
  });
});

describe("data that does not fit", () => {
  test("is told with its paths", () => {
    const path = (name: string) => `3.${name}`;
    const route = findRoute("application:updated");
    if (!route) throw new Error("There is no route.");
    const wrong = { ...example["application:updated"], status: 1, updatedFields: ["a", null] };
    const error = errorOf(() => deliveriesOf(route, incoming(), wrong, { at: path, timeZone: "UTC" }));
    expect([error.code, error.issues.map((issue) => issue.path)]).toEqual([
      "invalid_data",
      ["3.data.status", "3.data.updatedFields.1"],
    ]);
  });

  test.each([undefined, null, "text", 7, [], true])("is told as a whole where it is %j", (data) => {
    const { code, issues } = errorOf(() => routed("payment:confirmed", data));
    expect([code, issues.map(({ path }) => path)]).toEqual(["invalid_data", ["data"]]);
  });

  test("is told where it names nobody to whom the event could go", () => {
    const data = { ...example["payment:confirmed"], farmerId: "a\n" };
    const { code, issues } = errorOf(() => routed("payment:confirmed", data));
    expect([code, issues.map(({ path }) => path)]).toEqual(["invalid_data", ["data.farmerId"]]);
  });

  test("is told where it gives a notification that cannot be kept", () => {
    const route = {
      schema: z.object({ title: z.string() }),
      deliveries: {
        one: { to: "room:1", notification: { type: "t", title: "{title}", message: "M" } },
      },
    };
    const { code, issues } = errorOf(() =>
      deliveriesOf(route, incoming(), { title: "" }, { at, timeZone: "UTC" }),
    );
    expect([code, issues.map(({ path }) => path)]).toEqual(["invalid_data", ["data"]]);
    expect(issues[0]?.message).toContain("title");
  });
});

describe("a route", () => {
  test.each(["order:paid", "", "__proto__", "constructor", "toString", "hasOwnProperty", "payment:received"])(
    "is not found for %j",
    (event) => {
      expect(findRoute(event)).toBeUndefined();
    },
  );

  test("is found where the event is known and has one", () => {
    const schema = z.object({});
    const table = { events: { a: schema, b: schema }, routes: { a: {}, c: {} } };
    expect(findRoute("a", table)).toEqual({ schema, deliveries: {} });
    expect(findRoute("b", table)).toBeUndefined();
    expect(findRoute("c", table)).toBeUndefined();
  });
});
