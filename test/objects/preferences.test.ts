import { describe, expect, it } from "vitest";
import {
  isSilent,
  noPreferences,
  type Preferences,
  preferencesSchema,
  wants,
} from "../../src/objects/preferences.ts";

const normal = { type: "news", priority: "normal" } as const;
const quiet = (from: string, to: string, timeZone = "UTC"): Preferences => ({
  types: {},
  quietHours: { from, to, timeZone },
});
const isQuiet = (preferences: Preferences, at: string) => isSilent(preferences, normal, Date.parse(at));

describe("preferences", () => {
  it("are those of who has said nothing, as far as nothing is said", () => {
    expect(preferencesSchema.parse({})).toEqual(noPreferences);
    expect(preferencesSchema.parse({ types: { news: {} } })).toEqual({
      types: { news: { inbox: true, announce: true } },
      quietHours: null,
    });
  });

  it.each<[string, unknown]>([
    ["types", []],
    ["types", { news: true }],
    ["types", { news: { inbox: "no" } }],
    ["types", { news: { silent: true } }],
    ["types", { "": {} }],
    ["types", { ["t".repeat(65)]: {} }],
    ["types", Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`t${n}`, {}]))],
    ["quietHours", {}],
    ["quietHours", { from: "22:00", to: "07:00" }],
    ["quietHours", { from: "24:00", to: "07:00", timeZone: "UTC" }],
    ["quietHours", { from: "22:60", to: "07:00", timeZone: "UTC" }],
    ["quietHours", { from: "7:00", to: "08:00", timeZone: "UTC" }],
    ["quietHours", { from: "22:00:00", to: "07:00", timeZone: "UTC" }],
    ["quietHours", { from: 22, to: 7, timeZone: "UTC" }],
    ["quietHours", { from: "22:00", to: "07:00", timeZone: "Nowhere/Town" }],
    ["quietHours", { from: "22:00", to: "07:00", timeZone: "" }],
    ["quietHours", { from: "22:00", to: "07:00", timeZone: "x".repeat(65) }],
    ["quietHours", { from: "22:00", to: "07:00", timeZone: "UTC", days: [1] }],
    ["quietHours", "never"],
    ["locale", "th"],
  ])("whose %s are %j are refused", (field, value) => {
    const result = preferencesSchema.safeParse({ [field]: value });
    const known = field === "locale" ? undefined : field;
    expect(result.error?.issues.map(({ path }) => path[0])).toEqual(
      Array.from({ length: result.error?.issues.length ?? 0 }, () => known),
    );
    expect(result.success).toBe(false);
  });

  it("may name 200 types, of any name", () => {
    const types = Object.fromEntries(
      Array.from({ length: 199 }, (_, n): [string, object] => [`t${n}`, {}]).concat([["constructor", {}]]),
    );
    expect(Object.keys(preferencesSchema.parse({ types }).types)).toHaveLength(200);
  });
});

describe("what comes into the inbox", () => {
  const preferences = preferencesSchema.parse({
    types: { ads: { inbox: false }, constructor: { inbox: false }, news: { announce: false } },
  });

  it.each([
    ["ads", false],
    ["constructor", false],
    ["news", true],
    ["Ads", true],
    ["toString", true],
    ["hasOwnProperty", true],
    ["__proto__", true],
    ["", true],
  ])("of type %j is wanted: %s", (type, isWanted) => {
    expect(wants(preferences, type)).toBe(isWanted);
    expect(wants(noPreferences, type)).toBe(true);
  });
});

describe("what is silent", () => {
  const preferences = preferencesSchema.parse({
    types: { ads: { announce: false }, constructor: { announce: false } },
  });

  it.each(["toString", "__proto__", "valueOf", "news"])(
    "is not of type %j, which nothing is said of",
    (type) => {
      expect(isSilent(preferences, { ...normal, type }, 0)).toBe(false);
    },
  );

  it("is of a type that is not to be announced, and never critical", () => {
    for (const type of ["ads", "constructor"]) {
      for (const priority of ["low", "normal", "high"] as const) {
        expect(isSilent(preferences, { type, priority }, 0)).toBe(true);
      }
      expect(isSilent(preferences, { type, priority: "critical" }, 0)).toBe(false);
    }
    const always = { ...preferences, ...{ quietHours: { from: "00:00", to: "23:59", timeZone: "UTC" } } };
    expect(isSilent(always, { type: "ads", priority: "critical" }, 0)).toBe(false);
  });

  it("comes in quiet hours, from the first minute to before the last", () => {
    const noon = quiet("12:00", "13:30");
    expect(isQuiet(noon, "2026-07-01T11:59:59.999Z")).toBe(false);
    expect(isQuiet(noon, "2026-07-01T12:00:00Z")).toBe(true);
    expect(isQuiet(noon, "2026-07-01T13:29:59.999Z")).toBe(true);
    expect(isQuiet(noon, "2026-07-01T13:30:00Z")).toBe(false);
    expect(isQuiet(noon, "2026-07-01T00:30:00Z")).toBe(false);
  });

  it("comes in quiet hours that run over midnight", () => {
    const night = quiet("22:00", "07:00");
    expect(isQuiet(night, "2026-07-01T21:59:00Z")).toBe(false);
    expect(isQuiet(night, "2026-07-01T22:00:00Z")).toBe(true);
    expect(isQuiet(night, "2026-07-01T23:59:59Z")).toBe(true);
    expect(isQuiet(night, "2026-07-02T00:00:00Z")).toBe(true);
    expect(isQuiet(night, "2026-07-02T06:59:59Z")).toBe(true);
    expect(isQuiet(night, "2026-07-02T07:00:00Z")).toBe(false);
    const untilMidnight = quiet("22:00", "00:00");
    expect(isQuiet(untilMidnight, "2026-07-01T23:59:00Z")).toBe(true);
    expect(isQuiet(untilMidnight, "2026-07-02T00:00:00Z")).toBe(false);
    const fromMidnight = quiet("00:00", "07:00");
    expect(isQuiet(fromMidnight, "2026-07-01T23:59:00Z")).toBe(false);
    expect(isQuiet(fromMidnight, "2026-07-02T00:00:00Z")).toBe(true);
  });

  it("does not come in hours of no length", () => {
    expect(isQuiet(quiet("07:00", "07:00"), "2026-07-01T07:00:00Z")).toBe(false);
    expect(isQuiet(quiet("07:00", "07:00"), "2026-07-01T20:00:00Z")).toBe(false);
  });

  it("goes by the clock of the reader's time zone", () => {
    const night = quiet("22:00", "07:00", "Asia/Bangkok");
    expect(isQuiet(night, "2026-07-01T14:59:00Z")).toBe(false);
    expect(isQuiet(night, "2026-07-01T15:00:00Z")).toBe(true);
    expect(isQuiet(night, "2026-07-01T23:59:00Z")).toBe(true);
    expect(isQuiet(night, "2026-07-02T00:00:00Z")).toBe(false);
    // A quarter of an hour off, and a day ahead.
    expect(isQuiet(quiet("08:00", "08:45", "Asia/Kathmandu"), "2026-07-01T02:15:00Z")).toBe(true);
    expect(isQuiet(quiet("08:00", "08:45", "Asia/Kathmandu"), "2026-07-01T03:00:00Z")).toBe(false);
    expect(isQuiet(quiet("23:00", "01:00", "Pacific/Kiritimati"), "2026-07-01T09:30:00Z")).toBe(true);
  });

  it("goes by that clock also where it is put forward and back", () => {
    const night = quiet("22:00", "07:00", "Europe/Berlin");
    // The last night in winter ends an hour earlier, and the last in summer an hour later, than those before.
    expect(isQuiet(night, "2026-03-28T05:59:00Z")).toBe(true);
    expect(isQuiet(night, "2026-03-28T06:00:00Z")).toBe(false);
    expect(isQuiet(night, "2026-03-28T21:00:00Z")).toBe(true);
    expect(isQuiet(night, "2026-03-29T04:59:00Z")).toBe(true);
    expect(isQuiet(night, "2026-03-29T05:00:00Z")).toBe(false);
    expect(isQuiet(night, "2026-10-24T20:00:00Z")).toBe(true);
    expect(isQuiet(night, "2026-10-25T05:59:00Z")).toBe(true);
    expect(isQuiet(night, "2026-10-25T06:00:00Z")).toBe(false);
    // The hour that is left out is no hour; the one that comes twice is quiet twice.
    const hour = quiet("02:00", "03:00", "Europe/Berlin");
    expect(isQuiet(hour, "2026-03-29T00:59:59Z")).toBe(false);
    expect(isQuiet(hour, "2026-03-29T01:00:00Z")).toBe(false);
    expect(isQuiet(hour, "2026-10-25T00:30:00Z")).toBe(true);
    expect(isQuiet(hour, "2026-10-25T01:30:00Z")).toBe(true);
    expect(isQuiet(hour, "2026-10-25T02:00:00Z")).toBe(false);
  });
});
