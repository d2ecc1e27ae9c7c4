import { describe, expect, it } from "vitest";
import type { Received } from "../../src/client/api.ts";
import { amountLeft, byDue, dueMoment, timeLeft, toneOf } from "../../src/web/portal/exams/due.ts";
import { examsOf } from "../../src/web/portal/exams/exams.ts";

const log = (...events: readonly (readonly [event: string, data: unknown])[]): readonly Received[] =>
  events.map(([event, data], place) => ({
    ...{ log: "user:linh", channel: "user:linh", event, data, id: `${place}`, at: 1000 * (place + 1) },
    offset: place + 1,
  }));

const assigned = (examId: string, dueAt = "2026-12-01T09:00:00Z") => ({
  ...{ examId, examTitle: `Exam ${examId}`, questions: 20, dueAt },
});
const published = (examId: string) => ({ examId, examTitle: `Exam ${examId}` });

describe("exams of a log", () => {
  it("are each there once, as they were assigned last", () => {
    const { assigned: exams } = examsOf(
      log(
        ["exam:assigned", assigned("1")],
        ["exam:assigned", assigned("2")],
        ["exam:assigned", assigned("1", "2026-12-09")],
      ),
    );
    expect(exams.map(({ id, dueAt }) => [id, dueAt])).toEqual([
      ["1", "2026-12-09"],
      ["2", "2026-12-01T09:00:00Z"],
    ]);
  });

  it("are notices when they were published, the newest first, each as old as at first", () => {
    const { notices } = examsOf(
      log(
        ["exam:published", published("1")],
        ["exam:published", published("2")],
        ["exam:published", published("1")],
      ),
    );
    expect(notices.map(({ id, at }) => [id, at])).toEqual([
      ["2", 2000],
      ["1", 1000],
    ]);
  });

  it.each([
    ["before", ["exam:published", "exam:assigned"]],
    ["after", ["exam:assigned", "exam:published"]],
  ])("are assigned and no notice when they were published %s that", (_, names) => {
    const board = examsOf(log(...names.map((name) => [name, assigned("1")] as const)));
    expect(board.notices).toEqual([]);
    expect(board.assigned).toMatchObject([{ id: "1", isPublished: true }]);
  });

  it("are not made of what does not fit", () => {
    const events = log(["exam:assigned", published("1")], ["exam:published", "1"], ["exam:graded", {}]);
    expect(examsOf(events)).toEqual({ assigned: [], notices: [] });
  });
});

describe("what is due", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  const within = (text: string) => now + Date.parse(`1970-01-01T${text}Z`);

  it("is told in its largest unit, rounded down, and not when it has passed", () => {
    const DAY = 86_400_000;
    const told = (due: number) => timeLeft(due, now, "en");
    expect(told(now + 3 * DAY - 1)).toBe("in 2 days");
    expect(told(now + 2 * DAY - 1)).toBe("in 47 hours");
    expect(told(within("01:59:59"))).toBe("in 1 hour");
    expect(told(within("00:12:30"))).toBe("in 12 minutes");
    expect(told(within("00:00:01"))).toBe("in 1 minute");
    expect(told(now)).toBeUndefined();
    expect(told(Number.NaN)).toBeUndefined();
    expect(amountLeft(now + 3 * DAY, now, "vi")).toBe("3 ngày");
    expect(timeLeft(now + 3 * DAY, now, "vi")).toBe("sau 3 ngày nữa");
    expect(amountLeft(now - 1, now, "vi")).toBeUndefined();
  });

  it("is a day until its end, where the reader is", () => {
    expect(new Date(dueMoment("2026-12-01")).getHours()).toBe(23);
  });

  it("is more pressing the sooner it is", () => {
    const hours = [-1, 1, 25, 73].map((count) => toneOf(now + count * 3_600_000, now));
    expect(hours).toEqual(["grey", "red", "amber", "blue"]);
  });

  it("is sorted by what comes next; what has passed comes last, the newest of it first", () => {
    const dues = ["2026-11-01", "2026-12-24", "2026-11-20", "2026-11-25T10:00:00+07:00"];
    const sorted = dues.map((dueAt) => ({ dueAt })).sort(byDue(now));
    expect(sorted.map(({ dueAt }) => dueAt)).toEqual([dues[3], dues[1], dues[2], dues[0]]);
  });
});
