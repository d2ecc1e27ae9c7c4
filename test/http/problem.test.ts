import { HTTPException } from "hono/http-exception";
import { afterEach, describe, expect, test, vi } from "vitest";
import { problem } from "../../src/http/problem.ts";
import { CarillonError, type ErrorCode, errorKinds } from "../../src/protocol/errors.ts";
import { problemOf } from "./service.ts";

const codes = Object.keys(errorKinds).filter((code): code is ErrorCode => code in errorKinds);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a problem", () => {
  test.each(codes)("tells %s as the table has it", async (code) => {
    const response = problem(new CarillonError(code, "What happened."));
    const { status, title } = errorKinds[code];
    expect(await problemOf(response)).toEqual({
      type: `urn:carillon:error:${code}`,
      title,
      status,
      code,
      detail: "What happened.",
    });
  });

  test.each<[ErrorCode, string, string]>([
    ["unauthorized", "WWW-Authenticate", "Bearer"],
    ["token_expired", "WWW-Authenticate", "Bearer"],
    ["upgrade_required", "Upgrade", "websocket"],
    ["unavailable", "Retry-After", "5"],
  ])("of %s has the header %s", (code, header, value) => {
    expect(problem(new CarillonError(code, "")).headers.get(header)).toBe(value);
    expect(problem(new CarillonError("invalid_body", "")).headers.get(header)).toBeNull();
  });

  test("says when to try again, where the error does", () => {
    const response = problem(new CarillonError("overloaded", "", { retryAfter: 30 }));
    expect(response.headers.get("Retry-After")).toBe("30");
  });

  test("lists what is wrong with a body", async () => {
    const issues = [{ path: "to.users.0", message: "It is no user." }];
    expect((await problemOf(problem(new CarillonError("invalid_body", "", { issues })))).issues).toEqual(
      issues,
    );
  });

  test.each<[string, unknown]>([
    ["an error", new TypeError("SENSITIVE")],
    ["a text", "SENSITIVE"],
    ["nothing", undefined],
    ["Hono's own, of the service", new HTTPException(500, { message: "SENSITIVE" })],
  ])("that nobody expected is told with fixed text and logged without a stack: %s", async (_, error) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const told = await problemOf(problem(error));
    expect([told.code, told.detail]).toEqual([
      "internal",
      "Something went wrong in the service; it has been logged.",
    ]);
    const [[line] = []] = log.mock.calls;
    expect(JSON.parse(String(line))).toMatchObject({ level: "error", message: "request failed" });
    expect(String(line)).not.toMatch(/ {4}at |\.ts/);
  });

  test("of a request that Hono cannot read is the caller's", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    expect((await problemOf(problem(new HTTPException(400)))).code).toBe("invalid_request");
    expect(log).not.toHaveBeenCalled();
  });
});
