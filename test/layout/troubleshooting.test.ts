import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { closeReasons } from "../../src/protocol/close-codes.ts";
import { errorKinds } from "../../src/protocol/errors.ts";

const page = readFileSync("docs/troubleshooting.md", "utf8");
const sections = [...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name ?? "");

describe("the troubleshooting page", () => {
  test("has one section for each error code and each close reason, and no other", () => {
    const told = [...new Set([...Object.keys(errorKinds), ...Object.keys(closeReasons)])];
    expect(sections.toSorted()).toEqual(told.toSorted());
  });

  test("says of each what causes it and what to do", () => {
    for (const section of page.split(/^### /m).slice(1)) {
      expect(section).toMatch(/\*\*Cause\*\*: \S[\s\S]*\*\*What to do\*\*: \S/);
    }
  });

  test("gives each error the status and title that it has", () => {
    for (const [code, { status, title }] of Object.entries(errorKinds)) {
      expect(page).toContain(`### ${code}\n\n${status}. ${title}\n`);
    }
  });
});
