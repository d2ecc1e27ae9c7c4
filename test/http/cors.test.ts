import { describe, expect, test } from "vitest";
import { askWith, ORIGIN, posted, publisher } from "./service.ts";

const vars = { ALLOWED_ORIGINS: "https://app.example" };

function preflight(origin: string): RequestInit {
  return {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization,content-type",
    },
  };
}

describe("a page of another origin", () => {
  test.each<[string, string, string | null]>([
    ["the service's own", ORIGIN, ORIGIN],
    ["one that is allowed", "https://app.example", "https://app.example"],
    ["one that is not", "https://evil.example", null],
    ["another scheme", "http://app.example", null],
    ["another port", "https://app.example:8443", null],
    ["a name that only begins alike", "https://app.example.evil.example", null],
    ["nobody's", "null", null],
  ])("may ask as its origin allows: %s", async (_, origin, allowed) => {
    const asked = await askWith(vars, "/publish", preflight(origin));
    expect([asked.status, asked.headers.get("Access-Control-Allow-Origin")]).toEqual([204, allowed]);
    expect(asked.headers.get("Vary")).toContain("Origin");
    if (allowed !== null) {
      expect(asked.headers.get("Access-Control-Allow-Methods")).toBe("GET,POST,PUT,DELETE");
      expect(asked.headers.get("Access-Control-Allow-Headers")).toBe(
        "Authorization,Content-Type,X-Request-Id",
      );
      expect(asked.headers.get("Access-Control-Allow-Credentials")).toBe("true");
      expect(asked.headers.get("Access-Control-Max-Age")).toBe("600");
    }
  });

  test("may read a refusal too", async () => {
    const response = await askWith(vars, "/publish", posted({}, { Origin: "https://app.example" }));
    expect(response.status).toBe(401);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://app.example");
    expect(response.headers.get("Vary")).toContain("Origin");
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  });

  test("may read an answer", async () => {
    const event = { event: "x", to: { channels: ["room:cors"] } };
    const request = posted(event, { ...publisher, Origin: "https://app.example" });
    const response = await askWith(vars, "/publish", request);
    expect(response.status).toBe(200);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://app.example");
  });

  test("brings no cookies where any origin is allowed", async () => {
    const asked = await askWith({ ALLOWED_ORIGINS: "*" }, "/publish", preflight("https://any.example"));
    expect(asked.headers.get("Access-Control-Allow-Origin")).toBe("https://any.example");
    expect(asked.headers.get("Access-Control-Allow-Credentials")).toBeNull();
  });

  test("does not matter to a caller that is no browser", async () => {
    const response = await askWith(vars, "/publish", posted({}, {}));
    expect(response.status).toBe(401);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});
