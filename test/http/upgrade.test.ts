import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { issueTicket } from "../../src/auth/ticket.ts";
import { settingsOf } from "../../src/config/settings.ts";
import type { CloseReason } from "../../src/protocol/close-codes.ts";
import { closeReasons } from "../../src/protocol/close-codes.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { someone } from "../channels/someone.ts";
import { read } from "./handshake.ts";
import { ask, askWith, fresh, ORIGIN, problemOf, tokenOf } from "./service.ts";

type Headers = Record<string, string>;

const upgrade = { Upgrade: "websocket" };
const signedIn = async (user = "42") => ({ ...upgrade, Authorization: `Bearer ${await tokenOf(user)}` });

const expiredTicket = async () => {
  const twoMinutesAgo = Date.now() - 120_000;
  const identity = someone({ expiresAt: Date.now() + 600_000 });
  return (await issueTicket(identity, settingsOf(env), twoMinutesAgo)).token;
};

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("an upgrade", () => {
  test.each<[string, string]>([
    ["", "user:42"],
    ["?client=tab_1-A", "user:42"],
    [`?client=${"c".repeat(64)}`, "user:42"],
    ["?since=0.0", "user:42"],
    ["?since=abc.17", "user:42"],
    ["?unknown=1", "user:42"],
  ])("of /connect%s is greeted", async (query, channel) => {
    const { frames, closed } = await read(await ask(`/connect${query}`, { headers: await signedIn() }));
    expect(frames[0]).toMatchObject({
      type: "welcome",
      user: "42",
      channels: expect.arrayContaining([channel]),
    });
    expect(closed).toBeUndefined();
  });

  test.each<[string, string]>([
    ["/rooms/room:1/connect", "room:1"],
    ["/rooms/room%3A1/connect", "room:1"],
    ["/rooms/public:a%2540b/connect", "public:a@b"],
    [
      `/rooms/${encodeURIComponent(`room:${encodeURIComponent("ห้อง")}`)}/connect`,
      `room:${encodeURIComponent("ห้อง")}`,
    ],
  ])("of %s is greeted by %s", async (path, channel) => {
    const { frames } = await read(await ask(path, { headers: await signedIn() }));
    expect(frames[0]).toMatchObject({ type: "welcome", channels: [channel] });
  });

  test.each<[string, string | null]>([
    ["carillon.v1", "carillon.v1"],
    ["chat, carillon.v1", "carillon.v1"],
    ["carillon.v2", null],
  ])("that offers the protocols %s is answered %s", async (offered, chosen) => {
    const headers = { ...(await signedIn()), "Sec-WebSocket-Protocol": offered };
    expect((await read(await ask("/connect", { headers }))).protocol).toBe(chosen);
  });

  test("with its token in a subprotocol is answered without it", async () => {
    const headers = { ...upgrade, "Sec-WebSocket-Protocol": `carillon.v1, bearer.${await tokenOf("42")}` };
    const { protocol, frames } = await read(await ask("/connect", { headers }));
    expect([protocol, frames[0]?.type]).toEqual(["carillon.v1", "welcome"]);
  });

  test.each<[string, string, () => Promise<Headers>, CloseReason]>([
    ["without a credential", "/connect", async () => upgrade, "unauthorized"],
    ["with a bad token", "/connect?token=a.b.c", async () => upgrade, "unauthorized"],
    ["with an empty token", "/connect?token=", async () => upgrade, "unauthorized"],
    [
      "with a cookie but no origin",
      "/connect",
      async () => ({ ...upgrade, Cookie: `token=${await tokenOf("42")}` }),
      "unauthorized",
    ],
    [
      "with an expired ticket",
      "/connect",
      async () => ({ ...upgrade, Authorization: `Bearer ${await expiredTicket()}` }),
      "token_expired",
    ],
    [
      "from a page of another origin",
      "/connect",
      async () => ({ ...(await signedIn()), Origin: "https://evil.example" }),
      "origin_not_allowed",
    ],
    ["with an empty client", "/connect?client=", signedIn, "invalid_request"],
    ["with a client of 65 characters", `/connect?client=${"c".repeat(65)}`, signedIn, "invalid_request"],
    ["with a client in Thai", "/connect?client=%E0%B8%81", signedIn, "invalid_request"],
    ["with an empty since", "/connect?since=", signedIn, "invalid_request"],
    ["with a since without an epoch", "/connect?since=17", signedIn, "invalid_request"],
    ["with a since that is negative", "/connect?since=abc.-1", signedIn, "invalid_request"],
    ["to a room of another clinic", "/rooms/clinic:8:queue/connect", signedIn, "forbidden"],
    ["to a room that no rule knows", "/rooms/nonsense:1/connect", signedIn, "forbidden"],
    ["to a room with a bad name", "/rooms/room:a%20b/connect", signedIn, "forbidden"],
    ["to a room of 201 characters", `/rooms/room:${"x".repeat(196)}/connect`, signedIn, "forbidden"],
    ["to a personal channel as a room", "/rooms/user:42/connect", signedIn, "forbidden"],
    ["to a room without a credential", "/rooms/room:1/connect", async () => upgrade, "unauthorized"],
  ])("%s is told why and closed", async (_, path, headers, reason) => {
    const { code } = closeReasons[reason];
    const { frames, closed } = await read(await ask(path, { headers: await headers() }));
    expect(frames).toEqual([{ type: "close", code, reason, message: expect.any(String) }]);
    expect(closed).toEqual({ code, reason });
  });

  test("that is refused is answered under its protocol, so that browsers take the answer", async () => {
    const headers = { ...upgrade, "Sec-WebSocket-Protocol": "carillon.v1, bearer.x" };
    expect((await read(await ask("/connect", { headers }))).protocol).toBe("carillon.v1");
  });

  test("takes its header in any case", async () => {
    const headers = { ...(await signedIn()), Upgrade: "WebSocket" };
    expect((await read(await ask("/connect", { headers }))).frames[0]?.type).toBe("welcome");
  });

  test.each<[string, string]>([
    ["that is allowed", "https://app.example"],
    ["of the service", ORIGIN],
  ])("from a page of an origin %s may use a cookie", async (_, Origin) => {
    const headers = { ...upgrade, Origin, Cookie: `token=${await tokenOf("42")}` };
    const vars = { ALLOWED_ORIGINS: "https://app.example" };
    expect((await read(await askWith(vars, "/connect", { headers }))).frames[0]?.type).toBe("welcome");
  });

  test("while the provider's keys cannot be fetched is to come again, not to sign in again", async () => {
    const token = `${btoa('{"alg":"RS256","kid":"k"}').replace(/=+$/, "")}.e30.c2ln`;
    const vars = { JWKS_URL: "https://id.example/jwks" };
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Network connection lost.")));
    const { closed } = await read(await askWith(vars, `/connect?token=${token}`, { headers: upgrade }));
    expect(closed).toEqual({ code: 1013, reason: "overloaded" });
  });

  test("names each connection, and the same client keeps nothing but its name", async () => {
    const user = fresh("user");
    const greetings = await Promise.all(
      ["a", "b"].map(async (client) =>
        read(await ask(`/connect?client=${client}`, { headers: await signedIn(user) })),
      ),
    );
    const connections = greetings.map(
      ({ frames: [welcome] }) => welcome?.type === "welcome" && welcome.connection,
    );
    expect(new Set(connections).size).toBe(2);
  });
});

describe("a request that is no WebSocket request", () => {
  test.each<[string, string, () => Promise<Headers>, ErrorCode]>([
    ["with a good token", "/connect", signedIn, "upgrade_required"],
    ["to a room", "/rooms/room:1/connect", signedIn, "upgrade_required"],
    ["without a credential", "/connect", async () => upgrade, "unauthorized"],
    ["with a bad token", "/connect?token=a.b.c", async () => upgrade, "unauthorized"],
    [
      "with an expired ticket",
      "/connect",
      async () => ({ Authorization: `Bearer ${await expiredTicket()}` }),
      "token_expired",
    ],
    [
      "from a page of another origin",
      "/connect",
      async () => ({ ...(await signedIn()), Origin: "https://evil.example" }),
      "origin_not_allowed",
    ],
    ["to a room of another clinic", "/rooms/clinic:8:queue/connect", signedIn, "forbidden"],
    ["to a room that no rule knows", "/rooms/nonsense:1/connect", signedIn, "unknown_channel"],
    ["to a room with a bad name", "/rooms/room:a%20b/connect", signedIn, "invalid_channel"],
  ])("%s gets a problem", async (_, path, headers, code) => {
    const { Upgrade: __, ...plain }: Headers = await headers();
    expect((await problemOf(await ask(path, { headers: plain }))).code).toBe(code);
  });

  test("is told to come with a WebSocket", async () => {
    const { Upgrade: _, ...headers }: Headers = await signedIn();
    expect((await ask("/connect", { headers })).headers.get("Upgrade")).toBe("websocket");
  });
});
