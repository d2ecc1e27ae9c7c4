import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codeIn, sectionsIn } from "./markdown-tables.ts";
import { isOurs, looksLikeOurs } from "./our-names.ts";

const sections = sectionsIn(readFileSync("docs/migrating.md", "utf8"));
const rows = sections.flatMap((section) => section.rows);
const ours = rows.flatMap(([, cell = ""]) => codeIn(cell));
/** What stands in the last column is ours too. */
const alsoOurs = rows.flatMap(([, , cell = ""]) => codeIn(cell));

describe("the check of names", () => {
  test.each([
    "POST /publish",
    "GET /presence?users=a,b",
    "/rooms/:room/connect",
    "JWT_SECRET",
    "REALTIME_ENABLED=false",
    "UPGRADES_BY_USER",
    "QUEUE_UPDATE",
    "1008 unauthorized",
    "payment:received",
    "unread:count",
    "clinic:{id}:queue",
    "carillon_connections",
    "npm run smoke",
    "frame welcome",
  ])("knows %s", (name) => {
    expect([looksLikeOurs(name), isOurs(name)]).toEqual([true, true]);
  });

  test.each([
    "GET /publish",
    "/broadcast",
    "MAX_CLIENTS",
    "1003 unauthorized",
    "payment:lost",
    "clinic:{id}",
    "carillon_clients",
    "npm run demo",
    "frame connected",
  ])("does not know %s", (name) => {
    expect([looksLikeOurs(name), isOurs(name)]).toEqual([true, false]);
  });
});

describe("the page for who comes from elsewhere", () => {
  test("has a table in each section, with theirs, ours and what differs", () => {
    expect(sections.filter((section) => section.tables === 0 || section.rows.length === 0)).toEqual([]);
    expect(rows.filter((row) => row.length !== 3)).toEqual([]);
  });

  test("names nothing of ours that there is not", () => {
    expect(ours.filter(looksLikeOurs).length).toBeGreaterThan(100);
    expect([...ours, ...alsoOurs].filter((name) => !isOurs(name))).toEqual([]);
  });

  test("names each event of the routing table", async () => {
    const { events } = await import("../../src/config/events.ts");
    expect(Object.keys(events).filter((name) => !ours.includes(name))).toEqual([]);
  });
});
