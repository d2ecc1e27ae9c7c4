import { describe, expect, expectTypeOf, test } from "vitest";
import { type EventData, type EventInput, type EventName, events } from "../../src/config/events.ts";
import { example } from "./example-events.ts";

/** Where the data of an event does not fit. */
function faultsIn(event: EventName, data: unknown): string[] {
  const result = events[event].safeParse(data);
  return result.success ? [] : result.error.issues.map(({ path }) => path.join("."));
}

describe("the data of an event", () => {
  test.each(Object.keys(events) as EventName[])("of %s may be the example", (event) => {
    expect(faultsIn(event, example[event])).toEqual([]);
  });

  test.each(Object.keys(events) as EventName[])("of %s is an object, whatever is optional", (event) => {
    expect(faultsIn(event, null)).toEqual([""]);
    expect(faultsIn(event, [])).toEqual([""]);
    expect(faultsIn(event, {}).length).toBeGreaterThan(0);
  });

  test.each<[string, EventName, object, string[]]>([
    ["an amount that is text", "payment:confirmed", { amount: "5000" }, ["amount"]],
    ["an amount below nothing", "payment:confirmed", { amount: -1 }, ["amount"]],
    ["a farmer that is a number", "payment:confirmed", { farmerId: 7 }, ["farmerId"]],
    ["nobody for a farmer", "payment:confirmed", { farmerId: "" }, ["farmerId"]],
    ["a day of another country's form", "certificate:issued", { issuedDate: "31/01/2026" }, ["issuedDate"]],
    ["a day that does not exist", "certificate:issued", { expiryDate: "2026-02-30" }, ["expiryDate"]],
    [
      "a moment that says no offset",
      "certificate:issued",
      { issuedDate: "2026-01-31T09:30:00" },
      ["issuedDate"],
    ],
    ["no reason to reject", "application:rejected", { reason: undefined }, ["reason"]],
    ["a field that is no text", "application:updated", { updatedFields: ["status", 1] }, ["updatedFields.1"]],
    ["an unknown type", "system:announcement", { type: "shout" }, ["type"]],
    ["an unknown priority", "system:announcement", { priority: "critical" }, ["priority"]],
    ["a title of 201 characters", "system:announcement", { title: "t".repeat(201) }, ["title"]],
    ["half a person waiting", "QUEUE_UPDATE", { waiting: 0.5 }, ["waiting"]],
    ["several", "payment:confirmed", { amount: null, receiptNumber: 1 }, ["amount", "receiptNumber"]],
  ])("is refused with %s", (_, event, wrong, paths) => {
    expect(faultsIn(event, { ...example[event], ...wrong }).sort()).toEqual(paths);
  });

  test.each<[string, EventName, object]>([
    ["a day and time with an offset", "certificate:issued", { issuedDate: "2026-01-31T16:30:00+07:00" }],
    ["no administrator", "application:updated", { assignedAdminId: undefined }],
    ["null for an administrator", "application:updated", { assignedAdminId: null }],
    ["no reason to approve", "application:approved", { reason: undefined }],
  ])("may have %s", (_, event, data) => {
    expect(faultsIn(event, { ...example[event], ...data })).toEqual([]);
  });

  test("is filled with defaults, and keeps no field that is not named", () => {
    expect(
      events["system:announcement"].parse({ title: "Hello", message: "All", internalNote: "secret" }),
    ).toEqual({ title: "Hello", message: "All", type: "info", priority: "normal" });
  });

  test("is typed from the table", () => {
    expectTypeOf<EventData<"payment:confirmed">["amount"]>().toBeNumber();
    expectTypeOf<EventData<"system:announcement">["priority"]>().toEqualTypeOf<"low" | "normal" | "high">();
    // With a default, a publisher may leave it out.
    expectTypeOf<{ title: string; message: string }>().toExtend<EventInput<"system:announcement">>();
    expectTypeOf<{ title: string }>().not.toExtend<EventInput<"system:announcement">>();
    expectTypeOf<"payment:refunded">().not.toExtend<EventName>();
    // @ts-expect-error: the amount is a number.
    const wrong: EventInput<"payment:confirmed"> = { ...example["payment:confirmed"], amount: "5000" };
    expect(faultsIn("payment:confirmed", wrong)).toEqual(["amount"]);
  });
});
