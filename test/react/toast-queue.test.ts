import { describe, expect, it } from "vitest";
import { announcementOf } from "../../src/react/announcement.ts";
import {
  changedQueue,
  noToasts,
  type Toast,
  type ToastQueue,
  toastsOfReplay,
} from "../../src/react/toast-queue.ts";
import { notificationOf } from "./support/memory-client.ts";

const toast = (key: string, priority: Toast["priority"] = "normal"): Toast => ({
  key,
  type: "x",
  title: key,
  priority,
});
const added = (queue: ToastQueue, toast: Toast) => changedQueue(queue, { do: "add", toast, max: 2 });
const dismissed = (queue: ToastQueue, key: string) => changedQueue(queue, { do: "dismiss", key, max: 2 });
const keys = (toasts: readonly Toast[]) => toasts.map(({ key }) => key).join();

describe("the queue of toasts", () => {
  it("shows as many as there is room for, and the others in their turn", () => {
    const full = ["a", "b", "c", "d"].reduce((queue, key) => added(queue, toast(key)), noToasts);
    expect([keys(full.shown), keys(full.waiting)]).toEqual(["a,b", "c,d"]);
    const next = dismissed(full, "a");
    expect([keys(next.shown), keys(next.waiting)]).toEqual(["b,c", "d"]);
    expect(keys(dismissed(next, "d").waiting)).toBe("");
  });

  it("lets what is critical wait for nothing", () => {
    const full = added(added(noToasts, toast("a")), toast("b"));
    expect(keys(added(full, toast("fire", "critical")).shown)).toBe("a,b,fire");
  });

  it("renews what it knows, and brings nothing back that was dismissed", () => {
    const renewed = added(added(noToasts, toast("a")), { ...toast("a"), title: "again" });
    expect(renewed.shown.map(({ title }) => title)).toEqual(["again"]);
    expect(added(dismissed(renewed, "a"), toast("a")).shown).toEqual([]);
  });

  it("makes one of a long replay", () => {
    const replay = (count: number) =>
      Array.from({ length: count }, (_, n) => notificationOf({ id: `n${n}` }));
    const summary = (count: number) => `${count} new`;
    expect(keys(toastsOfReplay(replay(3), 3, summary))).toBe("n0,n1,n2");
    expect(toastsOfReplay(replay(4), 3, summary).map(({ title }) => title)).toEqual(["4 new"]);
  });
});

describe("an announcement", () => {
  const event = { log: "user:ada", channel: "user:ada", event: "x", id: "e1", at: 5 };

  it.each([
    [
      { message: "Hear", at: "2026-01-01" },
      { type: "info", priority: "normal", title: undefined },
    ],
    [
      { title: "T", message: "M", type: "success", priority: "low" },
      { type: "success", priority: "low", title: "T" },
    ],
    [
      { message: "M", level: "critical" },
      { type: "error", priority: "high" },
    ],
    [
      { message: "M", type: "loud", priority: "top" },
      { type: "info", priority: "normal" },
    ],
  ])("is read from what was published: %o", (data, read) => {
    expect(announcementOf({ ...event, data })).toMatchObject({ ...read, id: "e1", message: data.message });
  });

  it.each([[null], ["Hear"], [{}], [{ message: 7 }], [{ message: "" }]])("needs a message: %o", (data) => {
    expect(announcementOf({ ...event, data })).toBeUndefined();
  });
});
