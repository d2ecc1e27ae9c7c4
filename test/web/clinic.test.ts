import { describe, expect, it } from "vitest";
import type { Received } from "../../src/client/api.ts";
import { alertsOf, openCritical } from "../../src/web/portal/clinic/alerts.ts";
import { announcementsOf, textFor } from "../../src/web/portal/clinic/announcements.ts";
import {
  type Draft,
  emptyDraft,
  problemOf,
  publicationOf,
} from "../../src/web/portal/clinic/broadcast/draft.ts";
import { mergedEvents } from "../../src/web/portal/clinic/merged-events.ts";
import { nameOf } from "../../src/web/portal/clinic/name-of.ts";
import { notesOf } from "../../src/web/portal/clinic/notes.ts";
import { queueOf } from "../../src/web/portal/clinic/queue.ts";

describe("a room's events", () => {
  it("are put in order, each once, and those that no log keeps are left out", () => {
    const known = [event(1), event(3)];
    const merged = mergedEvents(known, [event(2), event(3), event(2), { ...event(4), offset: undefined }]);
    expect(merged.map(({ offset }) => offset)).toEqual([1, 2, 3]);
  });

  it("are the same list where nothing is new", () => {
    const known = [event(1)];
    expect(mergedEvents(known, [event(1)])).toBe(known);
  });

  it("keep the newest two hundred, across a log that begins anew", () => {
    const before = Array.from({ length: 200 }, (_, index) => event(index + 1));
    const anew = { ...event(1), id: "anew", at: 9000 };
    const merged = mergedEvents(before, [anew]);
    expect(merged).toHaveLength(200);
    expect(merged.at(-1)).toBe(anew);
    expect(merged[0]?.offset).toBe(2);
  });
});

describe("a queue", () => {
  it("is not known before its first update", () => {
    expect(queueOf([])).toEqual({ serving: undefined, waiting: undefined, movedAt: undefined, calls: [] });
  });

  it("shows the last update, and each call once, the newest first", () => {
    const queue = queueOf([
      update(1, { waiting: 4, serving: "A-01" }),
      update(2, { waiting: 5, serving: "A-01" }),
      update(3, { waiting: 4, serving: "A-02" }),
    ]);
    expect(queue).toMatchObject({ serving: "A-02", waiting: 4, movedAt: 3 });
    expect(queue.calls.map(({ serving, at }) => [serving, at])).toEqual([
      ["A-02", 3],
      ["A-01", 1],
    ]);
  });

  it("goes on serving where an update says nothing of it, and serves nobody where it says so", () => {
    const first = update(1, { waiting: 4, serving: "A-01" });
    expect(queueOf([first, update(2, { waiting: 7 })])).toMatchObject({ serving: "A-01", waiting: 7 });
    expect(queueOf([first, update(2, { waiting: 0, serving: null })]).serving).toBeUndefined();
  });

  it("passes over what is no update", () => {
    const first = update(1, { waiting: 4, serving: "A-01" });
    const odd = [update(2, { waiting: "many" }), update(3, null), { ...event(4), data: { waiting: 1 } }];
    expect(queueOf([first, ...odd])).toEqual(queueOf([first]));
  });

  it("remembers eight calls", () => {
    const updates = Array.from({ length: 12 }, (_, index) =>
      update(index + 1, { waiting: 0, serving: `A-${index}` }),
    );
    expect(queueOf(updates).calls.map(({ serving }) => serving)).toEqual([
      "A-11",
      "A-10",
      "A-9",
      "A-8",
      "A-7",
      "A-6",
      "A-5",
      "A-4",
    ]);
  });
});

describe("notes and alerts", () => {
  it("shows the newest thirty notes, the newest first", () => {
    const notes = notesOf(Array.from({ length: 40 }, (_, index) => note(index + 1, `${index}`, "nurse-7")));
    expect(notes).toHaveLength(30);
    expect(notes[0]).toMatchObject({ text: "39", from: "nurse-7" });
  });

  it("holds a critical alert open until somebody has taken it up, and names the first who did", () => {
    const told = [alert(1, "info"), alert(2, "critical"), alert(3, "critical")];
    const alerts = alertsOf(told, [note(5, "e2", "doctor-7"), note(6, "e2", "nurse-7")]);
    expect(alerts.map(({ id }) => id)).toEqual(["e3", "e2", "e1"]);
    expect(alerts[1]).toMatchObject({ seenBy: "doctor-7", seenAt: 5 });
    expect(openCritical(alerts).map(({ id }) => id)).toEqual(["e3"]);
  });

  it("remembers that an alert was taken up however many came after it", () => {
    const many = Array.from({ length: 60 }, (_, index) => note(index + 10, `other ${index}`, "nurse-7"));
    expect(openCritical(alertsOf([alert(1, "critical")], [note(5, "e1", "nurse-7"), ...many]))).toEqual([]);
  });

  it("takes an unknown level for a warning", () => {
    expect(alertsOf([alert(1, "purple")], [])[0]?.level).toBe("warning");
  });

  it("calls people as they say themselves, else as the demo knows them, else by their id", () => {
    expect(nameOf("nurse-7", new Map([["nurse-7", { name: "Ploy" }]]))).toBe("Ploy");
    expect(nameOf("nurse-7", new Map([["nurse-7", { name: 7 }]]))).toBe("Nurse Ploy");
    expect(nameOf("somebody")).toBe("somebody");
  });
});

describe("announcements", () => {
  it("are read in the reader's language, and in the first where it is not given in that", () => {
    const texts = { en: { message: "Noon" }, th: { message: "เที่ยง" } };
    const [one] = announcementsOf([announcement("system:announcements", { message: "Noon", texts })]);
    expect(textFor(one?.texts ?? {}, "th")?.message).toBe("เที่ยง");
    expect(textFor(one?.texts ?? {}, "vi")?.message).toBe("Noon");
  });

  it("are taken as a backend posts them, and of these two channels only", () => {
    const data = { message: "Back at noon", at: "2026-11-21" };
    const announced = announcementsOf([
      announcement("system:announcements", data),
      announcement("system:maintenance", { ...data, type: "error" }),
      announcement("announcements", data),
      announcement("system:announcements", { at: "2026-11-21" }),
    ]);
    expect(announced.map(({ channel, type }) => [channel, type])).toEqual([
      ["maintenance", "error"],
      ["announcements", "info"],
    ]);
    expect(announced[1]?.texts).toEqual({ en: { title: undefined, message: "Back at noon" } });
  });
});

describe("a broadcast", () => {
  const texts = {
    en: { title: " Drill ", message: "At three" },
    th: { title: "ซ้อม", message: "บ่ายสาม" },
  };
  const draft: Draft = { ...emptyDraft, texts };

  it("goes to an audience channel, with a notification in each language that is written", () => {
    const publication = publicationOf({ ...draft, type: "warning", priority: "high" }, "id", 0);
    expect(publication).toEqual({
      id: "id",
      event: "ANNOUNCEMENT",
      data: {
        ...{ title: "Drill", message: "At three", type: "warning", priority: "high" },
        ...{
          at: "1970-01-01T00:00:00.000Z",
          texts: { en: { title: "Drill", message: "At three" }, th: texts.th },
        },
      },
      to: { channels: ["system:announcements"] },
      notification: {
        type: "announcement",
        title: { en: "Drill", th: "ซ้อม" },
        message: { en: "At three", th: "บ่ายสาม" },
        priority: "high",
      },
    });
  });

  it("is narrowed to roles, clinics or people", () => {
    const chosen = { roles: ["nurse"], clinics: ["7"], people: ["doctor-7"] };
    const onlyOf = (audience: Draft["audience"]) => publicationOf({ ...draft, ...chosen, audience }, "id", 0);
    expect(onlyOf("roles")).toMatchObject({ only: { roles: ["nurse"] } });
    expect(onlyOf("clinics")).toMatchObject({ only: { tenants: ["7"] } });
    expect(onlyOf("people")).toMatchObject({ only: { users: ["doctor-7"] } });
    expect(onlyOf("everyone")).not.toHaveProperty("only.roles");
  });

  it("is not sent to nobody, empty, or with half a language", () => {
    expect(problemOf(draft)).toBeUndefined();
    expect(problemOf({ ...draft, audience: "clinics" })).toBe("nobody");
    expect(problemOf(emptyDraft)).toBe("empty");
    expect(problemOf({ ...draft, texts: { ...texts, th: { title: "ซ้อม", message: " " } } })).toBe("half");
    expect(problemOf({ ...draft, texts: { ...texts, th: { title: "", message: "" } } })).toBeUndefined();
  });
});

function event(offset: number): Received {
  return { log: "room", channel: "room", event: "any", data: null, id: `e${offset}`, at: offset, offset };
}

function update(offset: number, data: unknown): Received {
  return { ...event(offset), event: "QUEUE_UPDATE", data };
}

function note(offset: number, text: string, from: string): Received {
  return { ...event(offset), event: "note", data: { text }, from };
}

function alert(offset: number, level: string): Received {
  return { ...event(offset), event: "CLINIC_ALERT", data: { message: `alert ${offset}`, level } };
}

function announcement(channel: string, data: unknown): Received {
  return { ...event(1), channel, event: "ANNOUNCEMENT", data };
}
