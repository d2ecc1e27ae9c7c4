import { describe, expect, test } from "vitest";
import type { People } from "../../src/config/route-kinds.ts";
import { targetOf } from "../../src/delivery/route-target.ts";
import { errorOf } from "../protocol/thrown.ts";

const pathOf = (field: string) => `3.data.${field}`;
const reach = { roles: [], tenants: [], everyone: false, besides: [] };

describe("the target of a delivery", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["user:{id}", { id: "42" }, "user:42"],
    ["user:{id}", { id: 42 }, "user:42"],
    ["user:{id}", { id: "a:b" }, "user:a%3Ab"],
    ["user:{id}", { id: "สมหญิง" }, `user:${encodeURIComponent("สมหญิง")}`],
    ["user:{id}", { id: "{id}" }, "user:%7Bid%7D"],
    ["user:{id}", { id: "ก".repeat(128) }, `user:${"%E0%B8%81".repeat(128)}`],
    ["farmer:{id}:payments", { id: "f1" }, "farmer:f1:payments"],
    ["clinic:{id}:queue", { id: "7" }, "clinic:7:queue"],
    ["admin:{id}", { id: "ad1" }, "admin:ad1"],
    ["notifications:role:{id}", { id: "EDITOR" }, "notifications:role:EDITOR"],
    ["admin:payments", {}, "admin:payments"],
  ])("%s of %j is the channel %s", (to, data, channel) => {
    expect(targetOf(to, data, pathOf)).toEqual({ channels: [channel], reach: undefined });
  });

  test.each<[People, Record<string, unknown>, object]>([
    [{ everyone: true }, {}, { everyone: true }],
    [{ roles: ["admin", "dtam_admin"] }, {}, { roles: ["admin", "dtam_admin"] }],
    [{ tenants: ["{id}", "{more}"] }, { id: "7" }, { tenants: ["7"] }],
  ])("%j of %j is people", (to, data, who) => {
    expect(targetOf(to, data, pathOf)).toEqual({ channels: [], reach: { ...reach, ...who } });
  });

  test.each<[string | People, Record<string, unknown>]>([
    ["user:{id}", {}],
    ["user:{id}", { id: null }],
    ["user:{id}", { id: undefined }],
    ["user:{__proto__}", {}],
    ["user:{constructor}", {}],
    ["user:{id}:{more}", { id: "1" }],
    [{ tenants: ["{id}"] }, {}],
  ])("%j of %j is nobody", (to, data) => {
    expect(targetOf(to, data, pathOf)).toBeUndefined();
  });

  test.each<[string | People, Record<string, unknown>, string[]]>([
    ["user:{id}", { id: "" }, ["id"]],
    ["user:{id}", { id: "x".repeat(129) }, ["id"]],
    ["user:{id}", { id: "a\n" }, ["id"]],
    ["user:{id}", { id: "\ud83d" }, ["id"]],
    ["user:{id}", { id: { toString: "42" } }, ["id"]],
    ["user:{id}", { id: ["42"] }, ["id"]],
    ["user:{id}", { id: true }, ["id"]],
    [{ tenants: ["{id}"] }, { id: "" }, ["id"]],
    // Each would be a channel of another rule, or of none.
    ["admin:{id}", { id: "payments" }, ["id"]],
    ["auditor:{id}", { id: "assignments" }, ["id"]],
    ["clinic:{id}:{more}", { id: "7", more: "queue" }, ["id", "more"]],
    ["user:{id}:{more}", { id: "u".repeat(128), more: "m".repeat(128) }, ["id", "more"]],
    ["nonsense:{id}", { id: "1" }, ["id"]],
  ])("%j of %j is refused", (to, data, fields) => {
    const { code, issues } = errorOf(() => targetOf(to, data, pathOf));
    expect([code, issues.map(({ path }) => path)]).toEqual(["invalid_data", fields.map(pathOf)]);
  });
});
