import { describe, expect, it } from "vitest";
import type { ShownItem } from "../../src/objects/inbox.ts";
import { markRequestOf, markRequestSchema, writeItem } from "../../src/objects/inbox-page.ts";
import { content, START } from "./inbox/opened.ts";

function item(more: Partial<ShownItem["content"]> = {}, times: Partial<ShownItem> = {}): ShownItem {
  return {
    ...{ offset: 7, id: "seven", type: "news", channel: "user:42", at: START, seq: 1, aim: undefined },
    ...{ expires: undefined, collapseKey: undefined, seenAt: null, readAt: null, archivedAt: null },
    ...times,
    content: { ...content, ...more },
  };
}

const read = (one: ShownItem, locale?: string): unknown => JSON.parse(writeItem(one, locale));

describe("a notification as it is sent", () => {
  it("has what was published, when it came, and what became of it; nothing of how it is kept", () => {
    expect(read(item())).toEqual({
      ...{ id: "seven", offset: 7, type: "news", title: "A title", message: "A message", priority: "normal" },
      ...{ createdAt: START, seenAt: null, readAt: null, archivedAt: null, data: null },
    });
    const whole = item(
      {
        ...{ actionUrl: "/seven", actionText: "Open", priority: "critical", collapseKey: "k" },
        ...{ expiresAt: START + 9, silent: true, data: '{"amount":5000}' },
      },
      {
        ...{ seenAt: 1, readAt: 2, archivedAt: 3, expires: START + 9, collapseKey: "k" },
        aim: { only: { roles: ["admin"] } },
      },
    );
    expect(read(whole)).toEqual({
      ...{ id: "seven", offset: 7, type: "news", title: "A title", message: "A message" },
      ...{ actionUrl: "/seven", actionText: "Open", priority: "critical", collapseKey: "k" },
      ...{ expiresAt: START + 9, silent: true, createdAt: START, data: { amount: 5000 } },
      ...{ seenAt: 1, readAt: 2, archivedAt: 3 },
    });
  });

  it("is in the reader's language, each text for itself", () => {
    const texts = item({
      title: { th: "หัวเรื่อง", en: "A title" },
      message: { th: "ข้อความ" },
      actionText: { en: "Open", th: "เปิด" },
    });
    expect(read(texts, "en-GB")).toMatchObject({ title: "A title", message: "ข้อความ", actionText: "Open" });
    expect(read(texts, "th")).toMatchObject({ title: "หัวเรื่อง", message: "ข้อความ", actionText: "เปิด" });
    expect(read(texts)).toMatchObject({ title: "หัวเรื่อง", message: "ข้อความ", actionText: "Open" });
  });

  it.each([
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '"}, "data": {"amount": 0}, "x": {"',
    "\\",
    "&lt;b&gt; & </title>",
    "\u0000\u001b[31m\u2028\u2029\ufeff",
    "\u202eevil",
    "\ud83d\ude00 \ud800",
    "\n\r\t",
    "__proto__",
    "{{7*7}} %s",
  ])("has the text %j in every field to the letter", (text) => {
    const told = read(
      item(
        { title: text, message: text, actionText: text, collapseKey: text, data: JSON.stringify([text]) },
        {
          id: text,
          type: text,
        },
      ),
    );
    expect(told).toEqual({
      ...{ id: text, offset: 7, type: text, title: text, message: text, actionText: text, collapseKey: text },
      ...{ priority: "normal", createdAt: START, seenAt: null, readAt: null, archivedAt: null, data: [text] },
    });
  });

  it("has data of any kind as it was encoded", () => {
    for (const data of ["null", "0", '"text"', "[]", "{}", '{"__proto__":{"x":1}}', "1e400", "[1, 2]"]) {
      expect(writeItem(item({ data }), undefined).endsWith(`,"data":${data}}`)).toBe(true);
    }
  });
});

describe("a request to mark", () => {
  it.each([
    [
      { as: "read", ids: ["a"] },
      { as: "read", ids: ["a"] },
    ],
    [
      { as: "deleted", all: true },
      { as: "deleted", all: true, upTo: undefined },
    ],
    [
      { as: "seen", all: true, upTo: 0 },
      { as: "seen", all: true, upTo: 0 },
    ],
  ])("%j is understood, in a body and in a frame", (body, request) => {
    expect(markRequestSchema.parse(body)).toEqual(request);
    expect(markRequestOf(body as Parameters<typeof markRequestOf>[0])).toEqual(request);
  });
});
