import { describe, expect, test } from "vitest";
import { ask, clientParts, problemOf } from "./service.ts";

describe("the pages", () => {
  test.each(["/", "/inspector"])(
    "are served at %s and may run nothing but their own scripts",
    async (path) => {
      const response = await ask(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toContain("text/html");
      const policy = response.headers.get("Content-Security-Policy") ?? "";
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(await response.text()).toContain("<html");
    },
  );

  test("bring what is kept for good, since its name changes with what is in it", async () => {
    const [, script = ""] = /src="(\/assets\/[^"]+)"/.exec(await (await ask("/")).text()) ?? [];
    const response = await ask(script);
    expect(response.status).toBe(200);
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    expect((await ask("/")).headers.get("Cache-Control")).not.toContain("immutable");
  });

  test("are not sent again when they have not changed", async () => {
    const etag = (await ask("/")).headers.get("ETag");
    expect(etag).not.toBeNull();
    const response = await ask("/", { headers: { "If-None-Match": etag ?? "" } });
    expect([response.status, await response.text()]).toEqual([304, ""]);
  });

  test("of any origin may import the client, and ask again for it under the same address", async () => {
    const response = await ask("/client.js", { headers: { Origin: "https://elsewhere.example" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toMatch(/^(text|application)\/javascript/);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Cache-Control")).toBe("public, no-cache");
    expect(await response.text()).toMatch(/\bas createClient\b/);
    const headers = { "If-None-Match": response.headers.get("ETag") ?? "" };
    const again = await ask("/client.js", { headers });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect(again.headers.get("Access-Control-Allow-Origin")).toBe("*");
  });

  test("of any origin get the client's parts, which stay as they are under their names", async () => {
    const parts = await clientParts();
    expect(parts).toHaveLength(4);
    for (const part of parts) {
      const { status, headers } = await ask(part);
      expect([status, headers.get("Content-Type")]).toEqual([200, expect.stringMatching(/javascript/)]);
      expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
      expect(headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
      expect(headers.get("ETag")).not.toBeNull();
    }
    const missing = await ask("/client/missing-12345678.js");
    expect([missing.status, missing.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
  });

  test("that are not there are problems like any other", async () => {
    expect((await problemOf(await ask("/missing.html"))).code).toBe("not_found");
  });
});
