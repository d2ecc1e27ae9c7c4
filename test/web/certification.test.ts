import { describe, expect, test } from "vitest";
import type { Received } from "../../src/client/api.ts";
import { auditsOf } from "../../src/web/portal/certification/auditor/audits.ts";
import { daysUntil } from "../../src/web/portal/certification/days.ts";
import { applicationsOf, statusOf } from "../../src/web/portal/certification/farmer/applications.ts";
import { certificatesOf, mostUrgent } from "../../src/web/portal/certification/farmer/certificates.ts";
import { countsOf, farmOf } from "../../src/web/portal/certification/farmer/farm.ts";
import { paymentsOf } from "../../src/web/portal/certification/farmer/payments.ts";
import { hear } from "../../src/web/portal/certification/heard.ts";
import { attendanceOf } from "../../src/web/portal/certification/office/attendance.ts";
import { deskOf } from "../../src/web/portal/certification/office/desk.ts";
import { formatFor } from "../../src/web/portal/ui/format.ts";
import { certification } from "../support/certification.ts";

interface Told {
  readonly event: string;
  readonly data: unknown;
  readonly channel?: string;
}

/** A log that these events make, one second after another. */
function heard(...events: readonly Told[]) {
  return hear(
    events.map(
      ({ event, data, channel = "user:malee" }, index): Received => ({
        ...{ log: "user:malee", channel, event, data, id: `${index}`, at: (index + 1) * 1000 },
        offset: index + 1,
      }),
    ),
  );
}

const { created, updated, approved, rejected, charged, paid, issued, expiring, scheduled, audited } =
  certification;
const second = { applicationId: "app-2", applicationNumber: "APP-1002" };

describe("what is heard", () => {
  test("passes over what is not of the scenario, and data that does not fit", () => {
    const log = heard(
      { event: "notification:new", data: {} },
      { event: "application:created", data: { applicationId: 7 } },
      { event: "application:approved", data: null },
      created(),
    );
    expect(log.map(({ id }) => id)).toEqual(["3"]);
  });
});

describe("a farmer's applications", () => {
  test("go from submitted to certified, with all that happened in its order", () => {
    const steps = [created(), updated(), charged(), paid(), scheduled(), audited(), approved(), issued()];
    const stages = steps.map((_, index) => applicationsOf(heard(...steps.slice(0, index + 1)))[0]?.stage);
    expect(stages).toEqual([
      ...["submitted", "review", "review", "review", "review", "review"],
      ...["approved", "certified"],
    ]);
    const [whole] = applicationsOf(heard(...steps));
    expect(whole).toMatchObject({ id: "app-1", number: "APP-1001", standard: "GACP", at: 8000 });
    expect(whole?.steps.map(({ event }) => event)).toEqual(steps.map(({ event }) => event));
  });

  test("are told the newest first, each with its own story", () => {
    const [newer, older] = applicationsOf(heard(created(), created(second), rejected(), paid(second)));
    expect(newer).toMatchObject({ number: "APP-1002", stage: "submitted" });
    expect(newer?.steps.map(({ event }) => event)).toEqual(["application:created", "payment:confirmed"]);
    expect(older).toMatchObject({ number: "APP-1001", stage: "rejected" });
    expect(older?.steps.at(-1)?.data).toMatchObject({ reason: "The water test is missing." });
  });

  test("are known from the first that the log still tells of them", () => {
    const [only] = applicationsOf(heard(paid(), updated({ status: "documents_requested" })));
    expect(only).toMatchObject({ number: "APP-1001", standard: undefined, stage: "review" });
    expect(only && statusOf(only)).toBe("documents_requested");
  });

  test("a certificate is that of the newest that is approved and has none", () => {
    const both = [created(), created(second), approved(), approved(second)];
    const stagesAfter = (...more: readonly Told[]) =>
      applicationsOf(heard(...both, ...more)).map(({ number, stage }) => `${number} ${stage}`);
    expect(stagesAfter(issued())).toEqual(["APP-1002 certified", "APP-1001 approved"]);
    expect(stagesAfter(issued(), issued({ certificateId: "cert-2" }))).toEqual([
      ...["APP-1002 certified", "APP-1001 certified"],
    ]);
    expect(applicationsOf(heard(created(), issued()))[0]?.stage).toBe("submitted");
  });
});

describe("a farmer's payments", () => {
  test("keep their place when they are paid", () => {
    const other = { paymentId: "pay-2", amount: 7500 };
    const log = heard(charged(), charged(other), paid());
    expect(paymentsOf(log)).toMatchObject([
      { id: "pay-2", receipt: undefined, dueDate: "2027-01-15" },
      { id: "pay-1", receipt: "RC-7001", dueDate: "2027-01-15", at: 3000 },
    ]);
    expect(countsOf(farmOf(log))).toMatchObject({ open: 7500, paid: 5000 });
  });
});

describe("a farmer's certificates", () => {
  test("what expires first is what to look at, else the newest", () => {
    const more = { certificateId: "cert-2", certificateNumber: "CERT-5002" };
    const urgentOf = (...log: readonly Told[]) => mostUrgent(certificatesOf(heard(...log)))?.number;
    expect(urgentOf(issued(), issued(more))).toBe("CERT-5002");
    expect(urgentOf(issued(), issued(more), expiring(10))).toBe("CERT-5001");
    expect(urgentOf(issued(), issued(more), expiring(10), expiring(3, more))).toBe("CERT-5002");
    expect(urgentOf()).toBeUndefined();
  });

  test("what expires keeps what was said when it was issued", () => {
    expect(certificatesOf(heard(issued(), expiring(10)))).toMatchObject([
      { isExpiring: true, issued: { farmName: "Malee Herb Garden", score: 92 } },
    ]);
    expect(certificatesOf(heard(expiring(10)))).toMatchObject([{ isExpiring: true, issued: undefined }]);
  });
});

describe("a farmer's dashboard", () => {
  test("counts by stage, and tells the newest first", () => {
    const third = { applicationId: "app-3", applicationNumber: "APP-1003" };
    const announcement = {
      ...{ event: "system:announcement", channel: "user:malee" },
      data: { title: "Maintenance", message: "Tonight", type: "info", priority: "normal" },
    };
    const farm = farmOf(
      heard(created(), created(second), created(third), rejected(), approved(third), issued(), announcement),
    );
    expect(countsOf(farm)).toEqual({
      ...{ inProgress: 1, approved: 1, rejected: 1, open: 0, paid: 0, certificates: 1 },
    });
    expect(farm.news.map(({ event }) => event).slice(0, 2)).toEqual([
      ...["system:announcement", "certificate:issued"],
    ]);
  });

  test("does not take for one's own what an office is told", () => {
    const farm = farmOf(heard({ ...approved(), channel: "admin:applications" }));
    expect(farm).toMatchObject({ applications: [], news: [] });
  });
});

describe("an auditor's assignments", () => {
  test("the soonest is first, and of those done the latest", () => {
    const audit = (auditId: string, scheduledDate: string) => scheduled({ auditId, scheduledDate });
    const log = heard(
      ...[audit("c", "2026-12-09"), audit("a", "2026-12-01T09:00:00Z"), audit("b", "2026-12-03")],
      ...[audit("d", "2026-12-02"), audited({ auditId: "d", completedDate: "2026-12-02" })],
      audited({ auditId: "e", completedDate: "2026-12-04", score: null }),
    );
    const { ahead, done } = auditsOf(log);
    expect(ahead.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(done.map(({ id }) => id)).toEqual(["e", "d"]);
    expect(done[1]).toMatchObject({
      location: "Malee Herb Garden",
      outcome: { result: "passed", score: 92 },
    });
  });
});

describe("the office's desk", () => {
  const fresh = (data: object = {}): Told => ({
    ...{ channel: "admin:applications", event: "application:new" },
    data: { ...created().data, submittedDate: "2026-11-20", ...data },
  });

  test("shows the newest first, each with what was decided", () => {
    const { applications } = deskOf(
      heard(fresh(), fresh(second), { ...rejected(), channel: "admin:applications" }, updated()),
    );
    expect(applications).toMatchObject([
      { number: "APP-1002", farmer: "Malee Srisuk", status: "submitted", decidedAt: undefined },
      { number: "APP-1001", status: "rejected", reason: "The water test is missing.", decidedAt: 3000 },
    ]);
  });

  test("an update counts that came before the application was told of", () => {
    expect(deskOf(heard(updated(), fresh())).applications[0]?.status).toBe("under_review");
  });

  test("a payment counts once", () => {
    const received = { ...paid(), event: "payment:received", channel: "admin:payments" };
    expect(deskOf(heard(received, received)).payments).toMatchObject([{ id: "pay-1", amount: 5000 }]);
  });
});

describe("who is online", () => {
  const presence = (userId: string, status: string, timestamp: number): Told => ({
    ...{ channel: "admin:system", event: "user:presence" },
    data: { userId, status, timestamp },
  });
  const rollCall = { at: 100, count: 5, people: [{ user: "malee", since: 50 }] };

  test("is who was there when it was asked, and who came and went since", () => {
    const log = heard(presence("malee", "offline", 90), presence("anong", "online", 120));
    expect(attendanceOf(rollCall, log)).toEqual({
      count: 6,
      people: [
        { user: "anong", since: 120 },
        { user: "malee", since: 50 },
      ],
    });
    const gone = [...log, ...heard(presence("anong", "offline", 130), presence("nobody", "offline", 131))];
    expect(attendanceOf(rollCall, gone)).toEqual({ count: 5, people: rollCall.people });
  });

  test("is who was heard to come, where nobody may ask", () => {
    const log = heard(
      presence("malee", "online", 1),
      presence("krit", "online", 2),
      presence("malee", "offline", 3),
    );
    expect(attendanceOf(undefined, log)).toEqual({ count: 1, people: [{ user: "krit", since: 2 }] });
  });
});

describe("days and money", () => {
  test("days are those of the reader's calendar", () => {
    const lateEvening = new Date(2026, 10, 21, 23, 59).getTime();
    expect(daysUntil("2026-11-21", lateEvening)).toBe(0);
    expect(daysUntil("2026-11-22", lateEvening)).toBe(1);
    expect(daysUntil("2026-11-20", lateEvening)).toBe(-1);
    expect(daysUntil(new Date(2026, 10, 22, 0, 1).toISOString(), lateEvening)).toBe(1);
  });

  test("are written as the language does, and a day is never another one elsewhere", () => {
    expect(formatFor("th").date("2026-11-21")).toBe("21 พ.ย. 2569");
    expect(formatFor("en").date("2026-11-21")).toBe("Nov 21, 2026");
    expect(formatFor("th").money(5000)).toBe("฿5,000");
    expect(formatFor("en").money(99.5)).toBe("฿99.50");
    expect(formatFor("en").date("soon")).toBe("soon");
  });
});
