import { describe, expect, test } from "vitest";
import { authenticate, type Credential, findCredential } from "../../src/auth/credentials.ts";
import type { Identity } from "../../src/auth/identity.ts";
import { issueTicket } from "../../src/auth/ticket.ts";
import { configured } from "./configured.ts";
import { refusalOf } from "./refused.ts";
import { NOW, NOW_SECONDS, signed } from "./signed.ts";

const settings = configured({ ALLOWED_ORIGINS: "https://app.example" });
const address = "https://carillon.example/connect";

describe("the credential", () => {
  const authorization = { Authorization: "Bearer from-header" };
  const subprotocol = { "Sec-WebSocket-Protocol": "carillon.v1, bearer.from-protocol" };
  const query = "?client=a&token=from-query";
  const cookie = { Cookie: "theme=dark; token=from-cookie; other=1" };

  test.each<[string, Record<string, string>, string, Credential | undefined]>([
    [
      "Authorization first",
      { ...authorization, ...subprotocol, ...cookie },
      query,
      { from: "authorization", token: "from-header" },
    ],
    [
      "then the subprotocol",
      { ...subprotocol, ...cookie },
      query,
      { from: "subprotocol", token: "from-protocol" },
    ],
    ["then ?token=", cookie, query, { from: "query", token: "from-query" }],
    ["then the cookie", cookie, "", { from: "cookie", token: "from-cookie" }],
    ["or none", { "Sec-WebSocket-Protocol": "carillon.v1" }, "?client=a", undefined],
    ["not another scheme", { Authorization: "Basic YTpi" }, "", undefined],
    [
      "not an empty one",
      { Authorization: "Bearer ", "Sec-WebSocket-Protocol": "bearer." },
      "?token=",
      undefined,
    ],
    ["an empty one does not hide the next", cookie, "?token=", { from: "cookie", token: "from-cookie" }],
  ])("is %s", (_, headers, search, credential) => {
    const url = new URL(`${address}${search}`);
    expect(findCredential(new Headers(headers), url, settings, true)).toEqual(credential);
  });

  test("may be in a quoted cookie, the first of its name", () => {
    const headers = new Headers({ Cookie: 'xtoken=no;  token = "yes" ; token=late; broken' });
    expect(findCredential(headers, new URL(address), settings, true)?.token).toBe("yes");
  });

  test("may be in a cookie of another name", () => {
    const named = configured({ COOKIE_NAME: "__Host-session" });
    const headers = new Headers({ Cookie: "token=no; __Host-session=a=b" });
    expect(findCredential(headers, new URL(address), named, true)?.token).toBe("a=b");
  });

  test("is not in a cookie that does not count", () => {
    expect(findCredential(new Headers(cookie), new URL(address), settings, false)).toBeUndefined();
  });
});

describe("authentication", () => {
  const identity: Identity = {
    userId: "by-ticket",
    roles: [],
    tenants: [],
    grants: [],
    issuedAt: 0,
    expiresAt: NOW + 600_000,
  };
  const userToken = () => signed({ sub: "by-jwt", exp: NOW_SECONDS + 600 });
  const ticket = async () => (await issueTicket(identity, settings, NOW)).token;

  function request(headers: Record<string, string>, search = "") {
    return { headers: new Headers(headers), url: `${address}${search}` };
  }

  test.each<[string, () => Promise<string>]>([
    ["by-jwt", userToken],
    ["by-ticket", ticket],
  ])("takes what stands %s in the header, the subprotocol and the query", async (userId, make) => {
    const token = await make();
    const requests = [
      request({ Authorization: `Bearer ${token}` }),
      request({ "Sec-WebSocket-Protocol": `carillon.v1, bearer.${token}` }),
      request({}, `?token=${token}`),
    ];
    for (const each of requests) {
      expect((await authenticate(each, settings, NOW)).userId).toBe(userId);
    }
  });

  test("takes a Request as it is", async () => {
    const whole = new Request(`${address}?token=${await userToken()}`);
    expect((await authenticate(whole, settings, NOW)).userId).toBe("by-jwt");
  });

  test.each<[string, string | undefined, boolean]>([
    ["of the service", "https://carillon.example", true],
    ["that is allowed", "https://app.example", true],
    ["that is not allowed", "https://evil.example", false],
    ["that is null", "null", false],
    ["that is missing", undefined, false],
  ])("takes a cookie from a page of an origin %s as it deserves", async (_, origin, counts) => {
    const headers = {
      Cookie: `token=${await userToken()}`,
      ...(origin === undefined ? {} : { Origin: origin }),
    };
    const outcome = authenticate(request(headers), settings, NOW);
    if (counts) expect((await outcome).userId).toBe("by-jwt");
    else expect((await refusalOf(outcome)).code).toBe("unauthorized");
  });

  test("takes no cookie from any page on the web, even where any may connect", async () => {
    const open = configured({ ALLOWED_ORIGINS: "*" });
    const headers = { Cookie: `token=${await userToken()}`, Origin: "https://evil.example" };
    expect((await refusalOf(authenticate(request(headers), open, NOW))).code).toBe("unauthorized");
  });

  test("takes no ticket from a cookie", async () => {
    const headers = { Cookie: `token=${await ticket()}`, Origin: "https://app.example" };
    expect(await refusalOf(authenticate(request(headers), settings, NOW))).toEqual({
      code: "unauthorized",
      detail: "A ticket cannot stand for a user's token.",
    });
  });

  test("tries nothing after a credential that is bad", async () => {
    const good = await userToken();
    const expired = await signed({ sub: "1", exp: NOW_SECONDS - 60 });
    const headers = { Authorization: `Bearer ${expired}`, "Sec-WebSocket-Protocol": `bearer.${good}` };
    const outcome = authenticate(request(headers, `?token=${good}`), settings, NOW);
    expect((await refusalOf(outcome)).code).toBe("token_expired");
  });

  test("refuses a request that has none", async () => {
    expect((await refusalOf(authenticate(request({}), settings, NOW))).code).toBe("unauthorized");
  });

  test("refuses a publish key, which names no user", async () => {
    const headers = { Authorization: "Bearer shop-key-0123456789" };
    const { code, detail } = await refusalOf(authenticate(request(headers), settings, NOW));
    expect(code).toBe("unauthorized");
    expect(detail).not.toContain("shop-key");
  });
});
