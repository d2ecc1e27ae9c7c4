import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { linkTo } from "../../src/react/action-url.ts";
import { kindOf, RealtimeProvider, useClient } from "../../src/react/index.ts";
import { initialsOf } from "../../src/react/presence-list.tsx";
import { scenes } from "./page/scenes.tsx";
import { memoryClient, notificationOf } from "./support/memory-client.ts";

describe("on a server", () => {
  it.each(["bell", "panel", "toasts", "room", "preferences", "extras"])(
    "renders what is there before anything has come: %s",
    (name) => {
      const memory = memoryClient([notificationOf({ id: "n1" })]);
      const Scene = scenes[name];
      const html = renderToString(
        <RealtimeProvider client={memory.client} locale="vi">
          {Scene && <Scene />}
        </RealtimeProvider>,
      );
      expect(html).toContain("carillon");
      expect(html).not.toContain("n1");
      expect(memory.asked).toEqual([]);
      expect(memory.listeners).toBe(0);
    },
  );

  it("says that a provider is missing", () => {
    const Alone = () => <>{useClient().clientId}</>;
    expect(() => renderToString(<Alone />)).toThrow("need a <RealtimeProvider> above them");
  });
});

describe("a link", () => {
  it.each(["/orders/1", "https://example.com/a", "HTTP://example.com"])("may lead to %s", (address) => {
    expect(linkTo(address)).toBe(address);
  });

  it.each(["javascript:alert(1)", "//evil.example", "/\\evil.example", "data:text/html,x", "orders/1", ""])(
    "may not lead to %j",
    (address) => {
      expect(linkTo(address)).toBeUndefined();
    },
  );
});

describe("small parts", () => {
  it.each([
    ["payment", "payment"],
    ["payment:refund", "payment"],
    ["PAYMENT_DUE", "payment"],
    ["exam", "exam"],
    ["toString", "bell"],
    ["", "bell"],
  ])("know the drawing for %j", (type, icon) => {
    expect(kindOf(type)[0]).toBe(icon);
  });

  it.each([
    ["Ada Lovelace", "AL"],
    ["bo", "B"],
    ["สมชาย ใจดี", "สใ"],
    ["Nguyễn Thị Ánh", "NT"],
    ["ada.lovelace@example", "AL"],
    ["", ""],
  ])("shorten the name %j", (name, initials) => {
    expect(initialsOf(name)).toBe(initials);
  });
});
