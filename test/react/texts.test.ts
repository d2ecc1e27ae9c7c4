import { describe, expect, it } from "vitest";
import { type Language, type Texts, texts, textsFor } from "../../src/react/texts.ts";

const keys = Object.keys(texts.en);

/** What a text says, if it is one that counts or names with these. */
function said(text: Texts[keyof Texts], ...given: readonly unknown[]): string {
  return typeof text === "string" ? text : Reflect.apply(text, undefined, given);
}

describe("the texts", () => {
  it.each<Language>(["en", "th", "vi"])("say something for everything (%s)", (language) => {
    expect(Object.keys(texts[language])).toEqual(keys);
    for (const [key, text] of Object.entries(texts[language])) {
      expect(
        said(text, key === "typing" ? ["Ada"] : key.endsWith("Of") ? "Payments" : 3).trim(),
        key,
      ).not.toBe("");
    }
  });

  it.each<Language>(["th", "vi"])("are written in the language and not left in English (%s)", (language) => {
    const untranslated = keys.filter((key) => {
      const [own, english] = [Reflect.get(texts[language], key), Reflect.get(texts.en, key)];
      return typeof own === "string" && own === english;
    });
    expect(untranslated).toEqual([]);
  });

  it("count and name as one says it", () => {
    expect(texts.en.unreadCount(1)).toBe("1 unread notification");
    expect(texts.en.unreadCount(2)).toBe("2 unread notifications");
    expect(texts.en.typing(["Ada"])).toBe("Ada is typing…");
    expect(texts.en.typing(["Ada", "Bo"])).toBe("Ada and Bo are typing…");
    expect(texts.en.typing(["Ada", "Bo", "Cy"])).toBe("Several people are typing…");
    expect(texts.th.unreadCount(2)).toBe("มีการแจ้งเตือนที่ยังไม่อ่าน 2 รายการ");
    expect(texts.vi.whileAway(5)).toBe("Có 5 thông báo mới khi bạn vắng mặt");
  });

  it.each([
    ["th-TH", "การแจ้งเตือน"],
    ["VI", "Thông báo"],
    ["en-GB", "Notifications"],
    ["de", "Notifications"],
    ["constructor", "Notifications"],
  ])("are chosen by the language of %s", (locale, title) => {
    expect(textsFor(locale).notifications).toBe(title);
  });
});
