import { describe, expect, it } from "vitest";
import { type LocalText, notificationSchema, textFor } from "../../src/objects/notification.ts";

const least = { type: "news", title: "A title", message: "A message" };

/** Where a notification is found wrong, or nothing. */
function faultIn(more: object): string[] {
  const result = notificationSchema.safeParse({ ...least, ...more });
  return result.success ? [] : result.error.issues.map(({ path }) => path.join("."));
}

describe("a notification", () => {
  it("needs a type, a title and a message, and is of normal priority", () => {
    expect(notificationSchema.parse(least)).toEqual({ ...least, priority: "normal" });
    expect(faultIn({ type: undefined, title: undefined, message: undefined })).toEqual([
      "type",
      "title",
      "message",
    ]);
  });

  it.each<[string, unknown]>([
    ["type", ""],
    ["type", "t".repeat(65)],
    ["type", 1],
    ["title", ""],
    ["title", "t".repeat(201)],
    ["title", {}],
    ["title", []],
    ["title", null],
    ["title", { en: "" }],
    ["title", { en: "t".repeat(201) }],
    ["title", { en: 1 }],
    ["title", { EN: "A title" }],
    ["title", { "": "A title" }],
    ["title", { e: "A title" }],
    ["title", { constructor: "A title" }],
    ["title", { en_GB: "A title" }],
    ["message", ""],
    ["message", "t".repeat(2001)],
    ["message", { th: "ข".repeat(2001) }],
    ["actionUrl", 1],
    ["actionText", ""],
    ["actionText", "t".repeat(101)],
    ["priority", "urgent"],
    ["priority", ""],
    ["collapseKey", ""],
    ["collapseKey", "k".repeat(129)],
    ["collapseKey", null],
    ["expiresAt", 0],
    ["expiresAt", -1],
    ["expiresAt", 1.5],
    ["expiresAt", "2026-01-01"],
    ["expiresAt", 1e300],
    ["silent", true],
    ["readAt", 1],
    ["data", {}],
  ])("whose %s is %o is refused", (field, value) => {
    const faults = faultIn({ [field]: value });
    // A text is refused as a whole; a field that is not known, where it stands.
    const known = ["silent", "readAt", "data"].includes(field) ? "" : field;
    expect(faults.map((path) => path.split(".")[0])).toEqual([known]);
  });

  it.each<[string, unknown]>([
    ["type", "t".repeat(64)],
    ["type", "__proto__"],
    ["title", "t".repeat(200)],
    ["title", "<script>alert(1)</script>"],
    ["title", { th: "ข".repeat(200), "en-GB": "A title", "zh-Hant-TW": "標題" }],
    ["message", "t".repeat(2000)],
    ["actionText", { vi: "Mở" }],
    ["priority", "critical"],
    ["collapseKey", "k".repeat(128)],
    ["expiresAt", 1],
  ])("whose %s is %o is taken", (field, value) => {
    expect(notificationSchema.parse({ ...least, [field]: value })).toMatchObject({ [field]: value });
  });

  it("is written in no more languages than there are readers for", () => {
    const languages = Array.from({ length: 101 }, (_, n) => `x${String.fromCharCode(97 + (n % 26))}-l${n}`);
    const texts = (count: number) => Object.fromEntries(languages.slice(0, count).map((tag) => [tag, "t"]));
    expect(faultIn({ title: texts(50), message: texts(50) })).toEqual([]);
    expect(faultIn({ title: texts(51) })).toEqual(["title"]);
    expect(faultIn({ title: { [`en-${"x".repeat(8)}-${"x".repeat(8)}-${"x".repeat(8)}`]: "t" } })).toEqual(
      [],
    );
    expect(faultIn({ title: { [`en${"-xxxxxxxx".repeat(4)}`]: "t" } })).toEqual(["title"]);
  });
});

describe("an action's address", () => {
  it.each([
    "/",
    "/applications/7",
    "/applications/7?from=bell&x=%2F%2Fevil.test#top",
    "/a//b",
    "/?next=https://evil.test",
    "/ข่าว/7",
    "/@evil.test",
    "/:8080",
    "/javascript:alert(1)",
    "http://example.test",
    "https://example.test/",
    "HTTPS://EXAMPLE.TEST/a b",
    "https://example.test:8443/a?b=c#d",
    "https://ข่าว.test/7",
    "https://[2001:db8::1]/",
    `/${"a".repeat(1999)}`,
  ])("%j is taken", (actionUrl) => {
    expect(faultIn({ actionUrl })).toEqual([]);
  });

  it.each([
    " ",
    "#top",
    "?a=b",
    "a/b",
    "./a",
    "../a",
    "example.test",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "javascript://example.test/%0aalert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "\u0001javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "blob:https://example.test/1",
    "file:///etc/passwd",
    "ftp://example.test/",
    "mailto:a@example.test",
    "ws://example.test/",
    "view-source:https://example.test/",
    "//evil.test",
    "//evil.test/a",
    "///evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "\\/evil.test",
    "/a\\..\\b",
    "/\t/evil.test",
    "/\n/evil.test",
    "/\r\n/evil.test",
    "\t//evil.test",
    "/a\tb",
    "/a\u0000b",
    "/a\u007fb",
    "/a\u0085b",
    " /a",
    " https://example.test/",
    "\nhttps://example.test/",
    "https://example.test/\n",
    "https://exa\tmple.test/",
    "https:example.test",
    "https:/example.test",
    "https:\\\\example.test",
    "https://",
    "https:///",
    "https://exa mple.test/",
    "https://example.test:99999/",
    "http",
    "://example.test",
    `/${"a".repeat(2000)}`,
    `https://example.test/${"a".repeat(2000)}`,
  ])("%j is refused", (actionUrl) => {
    expect(faultIn({ actionUrl })).toEqual(["actionUrl"]);
  });

  it("that is empty is refused", () => {
    expect(notificationSchema.safeParse({ ...least, actionUrl: "" }).success).toBe(false);
  });

  it("that is taken leads a browser to the web or to its own site, and nowhere else", () => {
    const bases = ["https://site.test/deep/page", "http://localhost:5173/"];
    const odd = [
      "/a//b",
      "/@evil.test",
      "/:8080",
      "/.//evil.test",
      "/..//evil.test",
      "/;//evil.test",
      "/%5cevil.test",
    ];
    for (const base of bases) {
      for (const actionUrl of odd) {
        expect(faultIn({ actionUrl })).toEqual([]);
        expect(new URL(actionUrl, base).origin).toBe(new URL(base).origin);
      }
    }
  });
});

describe("a text for a reader", () => {
  const texts: LocalText = { th: "ไทย", en: "English", "en-GB": "British", "zh-Hant": "繁體" };

  it.each<[string | undefined, string]>([
    ["th", "ไทย"],
    ["TH", "ไทย"],
    ["th-TH", "ไทย"],
    ["en", "English"],
    ["en-GB", "British"],
    ["EN-gb", "British"],
    ["en-US", "English"],
    ["en-GB-oxendict", "English"],
    ["zh", "繁體"],
    ["zh-TW", "繁體"],
    ["vi", "ไทย"],
    ["t", "ไทย"],
    ["", "ไทย"],
    ["-", "ไทย"],
    ["constructor", "ไทย"],
    [undefined, "ไทย"],
  ])("whose language is %s is %s", (locale, expected) => {
    expect(textFor(texts, locale)).toBe(expected);
  });

  it("that is written in one language is that, whatever the reader's", () => {
    expect(textFor("Hello", "th")).toBe("Hello");
    expect(textFor("Hello", undefined)).toBe("Hello");
  });

  it("goes by a region of the language where nothing else is there", () => {
    expect(textFor({ "de-AT": "Jänner", "en-GB": "January" }, "en")).toBe("January");
    expect(textFor({ "de-AT": "Jänner", "en-GB": "January" }, "de-CH")).toBe("Jänner");
  });
});
