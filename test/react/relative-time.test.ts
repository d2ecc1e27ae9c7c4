import { describe, expect, it } from "vitest";
import { relativeTime } from "../../src/react/relative-time.ts";

const now = Date.UTC(2026, 6, 15, 12);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("relative time", () => {
  it.each([
    [0, "now"],
    [44_000, "now"],
    [45_000, "1 min. ago"],
    [119_000, "1 min. ago"],
    [59.9 * minute, "59 min. ago"],
    [hour, "1 hr. ago"],
    [23.9 * hour, "23 hr. ago"],
    [day, "yesterday"],
    [6.9 * day, "6 days ago"],
    [8 * day, "Jul 7"],
    [400 * day, "Jun 10, 2025"],
    [-5 * minute, "now"],
  ])("says what was %i ms ago as %s", (ago, said) => {
    expect(relativeTime(now - ago, now, "en")).toBe(said);
  });

  it.each([
    ["th", "5 นาทีที่แล้ว"],
    ["vi", "5 phút trước"],
    ["de", "vor 5 Min."],
  ])("says it in the reader's language (%s)", (locale, said) => {
    expect(relativeTime(now - 5 * minute, now, locale)).toBe(said);
  });
});
