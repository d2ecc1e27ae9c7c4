import { describe, expect, expectTypeOf, test } from "vitest";
import { buildersOf, channel, type Value } from "../../src/channels/builders.ts";
import { anyone, audience, defineChannels, personal, room } from "../../src/channels/rules.ts";
import { channels } from "../../src/config/channels.ts";
import { errorOf } from "../protocol/thrown.ts";

describe("a channel's builder", () => {
  test.each<[string, () => string]>([
    ["user:42", () => channel.user("42")],
    ["user:42", () => channel.user(42)],
    ["user:42:notifications", () => channel.user.notifications("42")],
    ["user:42:orders", () => channel.user("42", "orders")],
    ["user:a%3Ab", () => channel.user("a:b")],
    ["notifications:user:42", () => channel.notifications.user("42")],
    ["notifications:role:dtam_admin", () => channel.notifications.role("DTAM_ADMIN")],
    ["notifications:system", () => channel.notifications.system()],
    ["announcements", () => channel.announcements()],
    ["public:announcements", () => channel.public.announcements()],
    ["public:news", () => channel.public("news")],
    ["system:announcements", () => channel.system.announcements()],
    ["system:maintenance", () => channel.system.maintenance()],
    ["status:online", () => channel.status.online()],
    ["farmer:f1", () => channel.farmer("f1")],
    ["farmer:f1:applications", () => channel.farmer.applications("f1")],
    ["farmer:f1:payments", () => channel.farmer.payments("f1")],
    ["farmer:f1:certificates", () => channel.farmer.certificates("f1")],
    ["admin:a1", () => channel.admin("a1")],
    ["admin:applications", () => channel.admin.applications()],
    ["admin:payments", () => channel.admin.payments()],
    ["admin:certificates", () => channel.admin.certificates()],
    ["admin:notifications", () => channel.admin.notifications()],
    ["admin:system", () => channel.admin.system()],
    ["auditor:au1", () => channel.auditor("au1")],
    ["auditor:assignments", () => channel.auditor.assignments()],
    ["clinic:7:queue", () => channel.clinic.queue(7)],
    ["clinic:7:alerts", () => channel.clinic.alerts("7")],
    ["clinic:7:board", () => channel.clinic(7, "board")],
    ["room:lobby", () => channel.room("lobby")],
  ])("gives %s", (name, build) => {
    expect(build()).toBe(name);
  });

  test("is there for each rule of the table", () => {
    for (const { pattern } of channels.rules) {
      const path = pattern.source.split(":").filter((segment) => !segment.startsWith("{"));
      const builder = path.reduce<unknown>((at, literal) => Object(at)[literal], channel);
      if (typeof builder !== "function") throw new Error(`${pattern.source} has no builder.`);
      expect(builder(...pattern.params.map(() => "x"))).toBe(pattern.source.replaceAll(/\{\w+\}/g, "x"));
    }
  });

  test("gives no name that is another channel's", () => {
    expect(() => channel.admin("payments")).toThrow("admin:payments is a channel of admin:payments.");
    expect(() => channel.user("42", "notifications")).toThrow(TypeError);
    expect(() => channel.clinic("7", "queue")).toThrow(TypeError);
  });

  test("gives no name that is not well formed", () => {
    expect(() => channel.user("")).toThrow(TypeError);
    expect(errorOf(() => channel.user("a\n")).code).toBe("invalid_channel");
    expect(errorOf(() => channel.room("x".repeat(200))).code).toBe("invalid_channel");
    expect(channel.user("\ud83d")).toBe("user:%EF%BF%BD");
  });

  test("takes literals that a function has a property of, and patterns of parameters alone", () => {
    const table = defineChannels([
      room("room:name", { follow: anyone }),
      audience("length", { match: anyone }),
      room("{tenant}:{topic}", { follow: anyone }),
    ]);
    const built = buildersOf(table);
    expect([built.room.name(), built.length(), built("7", "queue")]).toEqual([
      "room:name",
      "length",
      "7:queue",
    ]);
  });

  test("cannot stand for two patterns", () => {
    const table = defineChannels([personal("a:{userId}:b"), room("a:b:{x}", { follow: anyone })]);
    expect(() => buildersOf(table)).toThrow("a:b:{x} and a:{userId}:b would have one builder.");
  });

  test("is typed from the table", () => {
    expectTypeOf(channel.clinic.queue).parameters.toEqualTypeOf<[Value]>();
    expectTypeOf(channel.clinic).parameters.toEqualTypeOf<[Value, Value]>();
    expectTypeOf(channel.admin.payments).parameters.toEqualTypeOf<[]>();
    expectTypeOf(channel.farmer.payments).returns.toBeString();
    const wrong = [
      // @ts-expect-error: no rule knows it.
      () => channel.farmer.invoices("f1"),
      // @ts-expect-error: whose?
      () => channel.farmer.payments(),
      // @ts-expect-error: it is one channel for all.
      () => channel.admin.payments("a1"),
      // @ts-expect-error: a clinic has channels, but is none.
      () => channel.clinic(7),
    ];
    for (const build of wrong) expect(build).toThrow(TypeError);
  });
});
