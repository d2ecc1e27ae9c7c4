import { describe, expect, test } from "vitest";
import type { NotificationTemplate } from "../../src/config/route-kinds.ts";
import { render } from "../../src/delivery/render.ts";

const template: NotificationTemplate = {
  type: "payment",
  title: { th: "สำเร็จ", en: "Paid" },
  message: { th: "{amount} บาท", en: "{amount} baht" },
};

const written = (more: Partial<NotificationTemplate>, data: Record<string, unknown> = {}) =>
  render({ ...template, ...more }, { amount: 5000, ...data }, "UTC");

describe("a notification", () => {
  test("is written in every language of its texts, in their order", () => {
    const rendered = written({});
    expect(rendered).toEqual({
      notification: {
        type: "payment",
        title: { th: "สำเร็จ", en: "Paid" },
        message: { th: "5,000 บาท", en: "5,000 baht" },
        priority: "normal",
      },
    });
    expect(JSON.stringify(rendered)).toMatch(/"message":\{"th":.*"en":/);
  });

  test("may have one text for all, in which numbers stand plainly", () => {
    expect(written({ title: "{amount}", message: "{text}" }, { text: "As it is" })).toMatchObject({
      notification: { title: "5000", message: "As it is" },
    });
  });

  test.each<[string, Partial<NotificationTemplate>, Record<string, unknown>, object]>([
    ["an address that is a field", { actionUrl: "{url}" }, { url: "/a?b=c" }, { actionUrl: "/a?b=c" }],
    [
      "an address with a field in it",
      { actionUrl: "/p/{id}?x=1" },
      { id: "a/b?c \ud83d" },
      { actionUrl: "/p/a%2Fb%3Fc%20%EF%BF%BD?x=1" },
    ],
    ["a priority from the data", { priority: "{urgency}" }, { urgency: "high" }, { priority: "high" }],
    ["a priority of its own", { priority: "low" }, {}, { priority: "low" }],
    [
      "a text for the action",
      { actionUrl: "/", actionText: { th: "ดู {id}", en: "See {id}" } },
      { id: "1" },
      { actionText: { th: "ดู 1", en: "See 1" } },
    ],
  ])("may have %s", (_, more, data, parts) => {
    expect(written(more, data)).toMatchObject({ notification: parts });
  });

  test("goes without an action or a priority whose field is absent", () => {
    const parts = { actionUrl: "{url}", actionText: "{url}", priority: "{urgency}" } as const;
    expect(written(parts, { url: null })).toEqual(written({}));
  });

  test.each<[string, Partial<NotificationTemplate>, Record<string, unknown>, string]>([
    ["a title that is too long", { title: "{text}" }, { text: "t".repeat(201) }, "title: "],
    ["an empty message", { message: "{text}" }, { text: "" }, "message: "],
    ["a message with a hole in one language", { message: { th: "ก", en: "{text}" } }, {}, "message: "],
    ["an unknown priority", { priority: "{urgency}" }, { urgency: "now" }, "priority: "],
  ])("is not made with %s", (_, more, data, wrong) => {
    expect(written(more, data)).toEqual({ wrong: expect.stringContaining(wrong) });
  });
});
