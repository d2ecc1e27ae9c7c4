import { describe, expect, test } from "vitest";
import {
  findChannel,
  findRoomFor,
  followedFromStart,
  mayFollow,
  userChannel,
} from "../../src/channels/access.ts";
import { anyone, defineChannels, personal, room } from "../../src/channels/rules.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { errorOf } from "../protocol/thrown.ts";
import { someone } from "./someone.ts";

describe("a channel", () => {
  test.each<[string, string, "personal" | "audience" | "room", Record<string, string>]>([
    ["user:42", "user:42", "personal", { userId: "42" }],
    ["user:a%40b", "user:a@b", "personal", { userId: "a@b" }],
    ["user:a@b", "user:a@b", "personal", { userId: "a@b" }],
    ["user:100%", "user:100%25", "personal", { userId: "100%" }],
    ["user:42:orders", "user:42:orders", "personal", { userId: "42", topic: "orders" }],
    ["user:a%3ab:x", "user:a%3Ab:x", "personal", { userId: "a:b", topic: "x" }],
    ["room:1", "room:1", "room", { name: "1" }],
    ["clinic:7:queue", "clinic:7:queue", "room", { tenant: "7" }],
    ["public:news", "public:news", "room", { topic: "news" }],
    ["public:announcements", "public:announcements", "audience", {}],
    ["announcements", "announcements", "audience", {}],
    ["status:online", "status:online", "audience", {}],
    ["system:announcements", "system:announcements", "audience", {}],
    ["system:maintenance", "system:maintenance", "audience", {}],
    ["notifications:system", "notifications:system", "audience", {}],
    ["notifications:role:EDITOR", "notifications:role:editor", "audience", { role: "editor" }],
    ["notifications:user:42", "notifications:user:42", "personal", { userId: "42" }],
    ["user:42:notifications", "user:42:notifications", "personal", { userId: "42" }],
    ["farmer:42", "farmer:42", "personal", { userId: "42" }],
    ["farmer:42:applications", "farmer:42:applications", "personal", { userId: "42" }],
    ["farmer:42:payments", "farmer:42:payments", "personal", { userId: "42" }],
    ["farmer:a%3ab:certificates", "farmer:a%3Ab:certificates", "personal", { userId: "a:b" }],
    ["admin:42", "admin:42", "personal", { userId: "42" }],
    ["admin:applications", "admin:applications", "audience", {}],
    ["admin:payments", "admin:payments", "audience", {}],
    ["admin:%70ayments", "admin:payments", "audience", {}],
    ["admin:certificates", "admin:certificates", "audience", {}],
    ["admin:notifications", "admin:notifications", "audience", {}],
    ["admin:system", "admin:system", "audience", {}],
    ["auditor:42", "auditor:42", "personal", { userId: "42" }],
    ["auditor:assignments", "auditor:assignments", "audience", {}],
    ["clinic:7:alerts", "clinic:7:alerts", "room", { tenant: "7" }],
    ["clinic:7:board", "clinic:7:board", "room", { tenant: "7", topic: "board" }],
  ])("%s is found as %s", (name, form, kind, params) => {
    const channel = findChannel(name);
    expect([channel.name, channel.rule.kind, channel.params]).toEqual([form, kind, params]);
  });

  test.each<[string, ErrorCode]>([
    ["user", "unknown_channel"],
    ["user:42:orders:new", "unknown_channel"],
    ["room", "unknown_channel"],
    ["User:42", "unknown_channel"],
    ["nonsense:1", "unknown_channel"],
    ["farmer:42:invoices", "unknown_channel"],
    ["admin:42:payments", "unknown_channel"],
    ["system:alerts", "unknown_channel"],
    ["status:offline", "unknown_channel"],
    ["notifications:42", "unknown_channel"],
    ["__proto__", "unknown_channel"],
    ["constructor", "unknown_channel"],
    ["user:", "invalid_channel"],
    ["", "invalid_channel"],
    [`room:${"x".repeat(196)}`, "invalid_channel"],
  ])("%j is not found: %s", (name, code) => {
    expect(errorOf(() => findChannel(name)).code).toBe(code);
  });

  test("is found by the first rule, literals before the others", () => {
    const rules = defineChannels([room("a:{x}", { follow: anyone }), room("a:b", { follow: () => false })]);
    expect(findChannel("a:b", rules).params).toEqual({});
    expect(findChannel("a:c", rules).params).toEqual({ x: "c" });
  });

  test("of a role has one name, however the role is spelt", () => {
    const rules = defineChannels([room("role:{role}", { follow: anyone })]);
    expect(findChannel("role:DTAM_Admin", rules).name).toBe("role:dtam_admin");
  });
});

describe("an identity", () => {
  const staff = { tenants: ["7"] };
  const farmer = { roles: ["farmer"] };
  const auditor = { roles: ["auditor"] };

  test.each<[string, Parameters<typeof someone>[0], boolean]>([
    ["user:42", {}, true],
    ["user:42:orders", {}, true],
    ["user:43", {}, false],
    ["user:43", { grants: ["user:43", "user:*", "*:*"] }, false],
    ["user:a%3Ab", { userId: "a:b" }, true],
    ["user:a:b", { userId: "a:b" }, false],
    ["room:1", {}, true],
    ["public:news", {}, true],
    ["clinic:7:queue", staff, true],
    ["clinic:8:queue", staff, false],
    ["clinic:8:queue", { ...staff, grants: ["clinic:8:queue"] }, true],
    ["clinic:8:queue", { grants: ["clinic:8:*"] }, true],
    ["clinic:8:queue", { grants: ["clinic:{any}:queue"] }, true],
    ["clinic:8:queue", { grants: ["clinic:8"] }, false],
    ["clinic:8:queue", { grants: ["clinic:*:alerts"] }, false],
    ["clinic:8:queue", { grants: ["*"] }, false],
    ["clinic:7:alerts", { tenants: ["8"] }, false],
    ["clinic:7:queue", { roles: ["admin"] }, false],
    ["farmer:42:payments", farmer, true],
    ["farmer:42:payments", {}, false],
    ["farmer:42:payments", { roles: ["admin"] }, false],
    ["farmer:42:payments", { ...auditor, userId: "43" }, false],
    ["farmer:43", auditor, false],
    ["farmer:43", { ...farmer, grants: ["farmer:43", "farmer:*"] }, false],
    ["admin:payments", farmer, false],
    ["admin:payments", { userId: "payments" }, false],
    ["admin:payments", { ...farmer, userId: "payments" }, false],
    ["admin:payments", { roles: ["admin"] }, true],
    ["admin:payments", { roles: ["dtam_admin"] }, true],
    ["admin:payments", { grants: ["admin:*"] }, true],
    ["admin:system", auditor, false],
    ["admin:42", { roles: ["dtam_admin"] }, true],
    ["admin:42", farmer, false],
    ["auditor:42", auditor, true],
    ["auditor:42", farmer, false],
    ["auditor:assignments", auditor, true],
    ["auditor:assignments", { roles: ["admin"] }, false],
    ["notifications:user:42", {}, true],
    ["notifications:user:43", {}, false],
    ["notifications:role:editor", { roles: ["editor"] }, true],
    ["notifications:role:editor", { roles: ["viewer"] }, false],
    ["notifications:system", {}, true],
    ["public:announcements", {}, true],
    ["clinic:a%3Ab:queue", { tenants: ["a:b"] }, true],
    ["clinic:%E0%B8%81:queue", { tenants: ["ก"] }, true],
  ])("of %s: %j may follow: %s", (name, said, may) => {
    expect(mayFollow(someone(said), findChannel(name))).toBe(may);
  });

  test("is granted a channel however its pattern spells it", () => {
    const channel = findChannel("clinic:a%40b:queue");
    expect(mayFollow(someone({ grants: ["clinic:a%40b:queue"] }), channel)).toBe(true);
    expect(mayFollow(someone({ grants: ["clinic:a@b:*"] }), channel)).toBe(true);
  });

  test.each<[string, ErrorCode]>([
    ["clinic:8:queue", "forbidden"],
    ["user:43", "forbidden"],
    ["user:42", "forbidden"],
    ["nonsense:1", "unknown_channel"],
    ["room:a b", "invalid_channel"],
  ])("finds no room %s: %s", (name, code) => {
    expect(errorOf(() => findRoomFor(someone(staff), name)).code).toBe(code);
  });

  test("finds its rooms under their one name", () => {
    expect(findRoomFor(someone(staff), "clinic:%37:queue").name).toBe("clinic:7:queue");
  });

  const own = ["user:42", "user:42:notifications", "notifications:user:42"];
  const everybody = [
    "notifications:system",
    "announcements",
    "public:announcements",
    "system:announcements",
    "system:maintenance",
    "status:online",
  ];
  const admins = [
    "admin:applications",
    "admin:payments",
    "admin:certificates",
    "admin:notifications",
    "admin:system",
  ];

  test.each<[string, Parameters<typeof someone>[0], string[]]>([
    ["somebody without a role", {}, [...own, ...everybody]],
    ["staff of a clinic, whose rooms it subscribes to", staff, [...own, ...everybody]],
    [
      "a farmer",
      farmer,
      [
        ...own,
        "farmer:42",
        "farmer:42:applications",
        "farmer:42:payments",
        "farmer:42:certificates",
        ...everybody,
        "notifications:role:farmer",
      ],
    ],
    [
      "an administrator",
      { roles: ["admin"] },
      [...own, "admin:42", ...everybody, ...admins, "notifications:role:admin"],
    ],
    [
      "an administrator of the other kind",
      { roles: ["dtam_admin"] },
      [...own, "admin:42", ...everybody, ...admins, "notifications:role:dtam_admin"],
    ],
    [
      "an auditor",
      auditor,
      [...own, "auditor:42", ...everybody, "auditor:assignments", "notifications:role:auditor"],
    ],
    [
      "somebody of two roles",
      { roles: ["editor", "auditor"] },
      [
        ...own,
        "auditor:42",
        ...everybody,
        "auditor:assignments",
        "notifications:role:editor",
        "notifications:role:auditor",
      ],
    ],
    [
      "a user whose grants name audiences and rooms",
      { grants: ["admin:payments", "notifications:role:editor", "room:1", "nonsense:1", "a b", "user:43"] },
      [...own, ...everybody, "admin:payments", "notifications:role:editor"],
    ],
    ["a user whose grant covers audiences", { grants: ["admin:*"] }, [...own, ...everybody, ...admins]],
    [
      "a user of an id that is an audience's name",
      { userId: "assignments" },
      ["user:assignments", "user:assignments:notifications", "notifications:user:assignments", ...everybody],
    ],
    ["somebody of a role that is not well-formed text", { roles: ["\ud83d", "a\n"] }, [...own, ...everybody]],
  ])("of %s follows its channels from the start", (_, said, names) => {
    const followed = followedFromStart(someone(said));
    expect(followed).toHaveLength(names.length);
    expect(new Set(followed)).toEqual(new Set(names));
    expect(followed[0]).toBe(names[0]);
  });

  test("follows from the start what its role gives it and what needs nothing but its id", () => {
    const rules = defineChannels([
      personal("user:{userId}"),
      personal("user:{userId}:{topic}"),
      personal("admin:{userId}", { follow: ({ roles }) => roles.includes("admin") }),
      room("lobby", { follow: anyone }),
    ]);
    expect(followedFromStart(someone(), rules)).toEqual(["user:42"]);
    expect(followedFromStart(someone({ roles: ["admin"] }), rules)).toEqual(["user:42", "admin:42"]);
  });
});

describe("a user's channel", () => {
  test.each<[string, string]>([
    ["42", "user:42"],
    ["a:b", "user:a%3Ab"],
    ["สมหญิง", `user:${encodeURIComponent("สมหญิง")}`],
    ["100%", "user:100%25"],
    ["ก".repeat(128), `user:${"%E0%B8%81".repeat(128)}`],
    ["../..", "user:..%2F.."],
    [" ", "user:%20"],
  ])("of %j is the one that its name is found under", (userId, name) => {
    expect(userChannel(userId)).toBe(name);
    expect(findChannel(name)).toMatchObject({ name, params: { userId } });
    expect(followedFromStart(someone({ userId }))[0]).toBe(name);
  });
});
