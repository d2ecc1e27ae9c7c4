import { describe, expect, it } from "vitest";
import type { Received } from "../../src/client/api.ts";
import { assignmentsOf, licencesOf } from "../../src/web/portal/licensing/licences.ts";

const log = (event: string, ...data: readonly unknown[]): readonly Received[] =>
  data.map((one, place) => ({
    ...{ log: "user:1", channel: "user:1", event, data: one, id: `e${place}`, at: 1000 * (place + 1) },
    offset: place + 1,
  }));

const about = (applicationId: string) => ({ applicationId, applicationNumber: `LIC-${applicationId}` });

describe("applications of a log", () => {
  it("stand where they were told to be last, with every step before, the newest first", () => {
    const [only] = licencesOf(
      log(
        "application:status-changed",
        { ...about("1"), status: "submitted" },
        { ...about("1"), status: "under_review", previousStatus: "submitted" },
        { ...about("1"), status: "approved" },
      ),
    );
    expect(only).toMatchObject({ number: "LIC-1", status: "approved" });
    // What was before is known from the log where the backend does not say it.
    expect(only?.history.map(({ previous, status, at }) => [previous, status, at])).toEqual([
      ["under_review", "approved", 3000],
      ["submitted", "under_review", 2000],
      [undefined, "submitted", 1000],
    ]);
  });

  it("come the newest first, and a change moves none of them", () => {
    const licences = licencesOf(
      log(
        "application:status-changed",
        { ...about("1"), status: "submitted" },
        { ...about("2"), status: "submitted" },
        { ...about("1"), status: "rejected" },
      ),
    );
    expect(licences.map(({ id }) => id)).toEqual(["2", "1"]);
  });

  it("are not made of what does not fit, or of what others call so", () => {
    expect(licencesOf(log("application:status-changed", about("1"), null, 7))).toEqual([]);
    expect(licencesOf(log("application:updated", { ...about("1"), status: "submitted" }))).toEqual([]);
  });
});

describe("assignments of a log", () => {
  it("are there once, where and by whom they were made last", () => {
    const assignments = assignmentsOf(
      log(
        "application:assigned",
        { ...about("1"), assignedBy: "Somsri" },
        about("2"),
        { ...about("1"), assignedBy: "Head" },
        { applicationId: 3 },
      ),
    );
    expect(assignments).toEqual([
      { id: "e2", applicationId: "1", number: "LIC-1", by: "Head", at: 3000 },
      { id: "e1", applicationId: "2", number: "LIC-2", by: undefined, at: 2000 },
    ]);
  });
});
