import { describe, expect, test } from "vitest";
import { fill, inLanguage, plainly } from "../../src/delivery/template.ts";

const data = {
  name: "สมหญิง",
  amount: 5000,
  share: 1234567.5,
  year: "2569",
  day: "2026-01-31",
  moment: "2026-01-31T20:00:00Z",
  elsewhere: "2026-02-01T03:00:00+07:00",
  ms: Date.UTC(2026, 0, 31, 20),
  nothing: null,
  absent: undefined,
  done: false,
  zero: 0,
  empty: "",
  tricky: "$& {amount} $1",
  odd: "soon",
};

describe("a template", () => {
  test.each<[string, string | undefined]>([
    ["no placeholder", "no placeholder"],
    ["{name}", "สมหญิง"],
    ["{name} pays {amount}, {name}", "สมหญิง pays 5000, สมหญิง"],
    ["{zero}/{done}/{empty}.", "0/false/."],
    ["{tricky}", "$& {amount} $1"],
    ["{day:date}", "2026-01-31"],
    ["{not a field} {} {{amount}}", "{not a field} {} {5000}"],
    ["{amount:month}", "{amount:month}"],
    ["{unknown}", undefined],
    ["{name} {nothing}", undefined],
    ["{absent}", undefined],
    ["{__proto__}", undefined],
    ["{constructor}", undefined],
    ["{toString}", undefined],
  ])("%j is filled: %j", (text, filled) => {
    expect(fill(text, data, plainly)).toBe(filled);
  });

  test.each<[string, string, string]>([
    ["th", "{amount}", "5,000"],
    ["en", "{amount}", "5,000"],
    ["vi", "{amount}", "5.000"],
    ["de", "{amount}", "5.000"],
    ["en", "{share}", "1,234,567.5"],
    ["vi", "{share}", "1.234.567,5"],
    ["th", "{year}", "2569"],
    ["th", "{day:date}", "31 มกราคม 2569"],
    ["en", "{day:date}", "January 31, 2026"],
    ["vi", "{day:date}", "31 tháng 1, 2026"],
    ["en", "{day:time}", "January 31, 2026"],
    ["en", "{moment:date}", "February 1, 2026"],
    ["en", "{ms:date}", "February 1, 2026"],
    ["th", "{moment:time}", "1 กุมภาพันธ์ 2569 เวลา 03:00"],
    ["th", "{elsewhere:time}", "1 กุมภาพันธ์ 2569 เวลา 03:00"],
    ["vi", "{ms:time}", "lúc 03:00 1 tháng 2, 2026"],
    ["en", "{odd:date} {done:date}", "soon false"],
    ["en", "{day}", "2026-01-31"],
  ])("in %s writes %s as %s", (language, text, filled) => {
    expect(fill(text, data, inLanguage(language, "Asia/Bangkok"))).toBe(filled);
  });

  test("tells a calendar day as that day, whatever the time zone", () => {
    for (const zone of ["America/Los_Angeles", "Pacific/Kiritimati", "UTC"]) {
      expect(fill("{day:date}", data, inLanguage("en", zone))).toBe("January 31, 2026");
    }
    expect(fill("{moment:date}", data, inLanguage("en", "America/Los_Angeles"))).toBe("January 31, 2026");
  });
});
