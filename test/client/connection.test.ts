import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type Client,
  type ClientOptions,
  type ConnectionState,
  createClient,
} from "../../src/client/index.ts";
import type { FakeSocket } from "../../src/client/testing/fake-socket.ts";
import { FakeServer, type FakeServerOptions } from "../../src/client/testing/index.ts";
import { storage } from "./world.ts";

type Any = Client<Record<string, unknown>>;
const clients: Any[] = [];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A client of user 42, the server that it comes to, and the states that it went through. */
function made(options: Partial<ClientOptions> = {}, serverOptions: FakeServerOptions = {}) {
  const server = new FakeServer(serverOptions);
  const given = server.optionsFor("42");
  const platform = { ...given.platform, random: () => 0.5, ...options.platform };
  const client: Any = createClient({ ...given, polling: false, ...options, platform });
  clients.push(client);
  const states: ConnectionState[] = [];
  const errors: string[] = [];
  client.listen("state", (state) => void states.push(state));
  client.listen("error", ({ code }) => void errors.push(code));
  return { server, client, states, errors };
}

/** Makes a service slow: whoever knocks is held, and greeted when the test says so, be there anybody still or not. */
function slow(server: FakeServer) {
  const accept = server.accept.bind(server);
  const held: (() => void)[] = [];
  const spy = vi.spyOn(server, "accept");
  spy.mockImplementation((socket) => void held.push(() => accept(socket)));
  return { held, hurry: () => spy.mockRestore() };
}

/** Lets everything happen that needs no time, or so many ms. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

describe("a connection", () => {
  test("is a state that stays the same object until it changes", async () => {
    const { client, states } = made();
    expect(client.state).toEqual({ status: "disconnected", reason: "closed", attempt: 0 });
    client.connect();
    client.connect();
    await pass();
    expect(states).toMatchObject([
      { status: "connecting", attempt: 1 },
      { status: "connected", over: "websocket", user: "42", roles: [] },
    ]);
    expect(client.state).toBe(client.state);
    expect(client.state).toBe(states.at(-1));
  });

  test("that is lost is tried again with full jitter, later each time, up to half a minute", async () => {
    const { server, client } = made();
    client.connect();
    await pass();
    server.blockSockets();
    const delays: number[] = [];
    await pass();
    for (let tries = 0; tries < 8; tries += 1) {
      const { state } = client;
      if (state.status !== "disconnected" || state.retryAt === undefined)
        throw new Error("It waits for nothing.");
      expect(state).toMatchObject({ reason: "network", attempt: tries });
      delays.push(state.retryAt - Date.now());
      await pass(state.retryAt - Date.now());
    }
    // From 1 s up to 2 s, 4 s, 8 s, 16 s and then 30 s: half of what is drawn from.
    expect(delays).toEqual([1500, 2500, 4500, 8500, 15_500, 15_500, 15_500, 15_500]);
    server.recover();
    client.retry();
    await pass();
    expect(client.state.status).toBe("connected");
    server.drop();
    await pass();
    // Whoever was greeted begins anew.
    expect(client.state).toMatchObject({ attempt: 0, retryAt: Date.now() + 1500 });
  });

  test("gives up after so many attempts, says so, and begins anew when told to", async () => {
    const { server, client } = made({ reconnect: { maxAttempts: 3 } });
    const exhausted = vi.fn();
    client.listen("exhausted", exhausted);
    server.blockSockets();
    client.connect();
    await pass(60_000);
    expect(client.state).toEqual({ status: "disconnected", reason: "exhausted", attempt: 3 });
    expect(exhausted.mock.calls).toEqual([[{ attempts: 3 }]]);
    server.recover();
    client.retry();
    await pass();
    expect(client.state.status).toBe("connected");
  });

  test.each([
    ["relocated", "connected"],
    ["slow_consumer", "connected"],
    ["shutdown", "disconnected"],
    ["kicked", "disconnected"],
  ] as const)("does what the close frame says: %s", async (reason, status) => {
    const { server, client } = made();
    client.connect();
    await pass();
    server.close(reason);
    await pass();
    expect(client.state.status).toBe(status);
    if (status === "disconnected") expect(client.state).toMatchObject({ reason });
    // What is for good stays so.
    await pass(60_000);
    expect(client.state.status).toBe(reason === "kicked" ? "disconnected" : "connected");
  });

  test("that says `now` before it greets is not hurried", async () => {
    const { server, client } = made();
    const accept = vi.spyOn(server, "accept").mockImplementation((socket) => socket.end("relocated"));
    client.connect();
    await pass();
    expect(client.state).toMatchObject({ status: "disconnected", reason: "relocated", attempt: 1 });
    expect(accept).toHaveBeenCalledTimes(1);
  });

  test("is dead when a heartbeat is not answered within ten seconds", async () => {
    const { server, client } = made();
    client.connect();
    await pass();
    await pass(25_000);
    server.fallSilent();
    await pass(25_000 + 9_999);
    expect(client.state.status).toBe("connected");
    await pass(1);
    expect(client.state).toMatchObject({ status: "disconnected", reason: "timeout" });
  });

  test("lives as long as anything comes, and measures the round trip", async () => {
    const { server, client } = made();
    client.connect();
    await pass();
    await pass(25_000);
    expect(client.stats().roundTrip).toBe(0);
    // The server answers no heartbeat any more, but sends.
    vi.spyOn(server, "take").mockImplementation(() => undefined);
    for (let seconds = 0; seconds < 120; seconds += 5) {
      server.publish({ event: "greeting", to: { users: ["42"] } });
      await pass(5000);
    }
    expect(client.state.status).toBe("connected");
  });

  test("that is not greeted within ten seconds has failed", async () => {
    const { server, client } = made();
    server.fallSilent();
    client.connect();
    await pass(9_999);
    expect(client.state.status).toBe("connecting");
    await pass(1);
    expect(client.state).toMatchObject({ status: "disconnected", reason: "timeout", attempt: 1 });
  });

  test("comes back at once when the device comes online or its page is looked at", async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
    const device = new EventTarget();
    vi.stubGlobal("document", page);
    vi.stubGlobal("addEventListener", device.addEventListener.bind(device));
    vi.stubGlobal("removeEventListener", device.removeEventListener.bind(device));
    try {
      const { server, client } = made({ shareTabs: false });
      client.connect();
      await pass();
      const look = () => page.dispatchEvent(new Event("visibilitychange"));
      const happen = (name: string) => () => device.dispatchEvent(new Event(name));
      // `pageshow`: the page was kept aside by the browser, and the person came back to it.
      for (const wake of [happen("online"), happen("pageshow"), look]) {
        page.visibilityState = "hidden";
        server.drop();
        await pass();
        look();
        await pass();
        expect(client.state.status).toBe("disconnected");
        page.visibilityState = "visible";
        wake();
        await pass();
        expect(client.state.status).toBe("connected");
      }
      // A connection that seems open is asked whether it is.
      server.fallSilent();
      look();
      await pass(10_000);
      expect(client.state).toMatchObject({ status: "disconnected", reason: "timeout" });
      client.close();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("that is replaced by an attempt of its own, given up and greeted late, comes back", async () => {
    const { server, client } = made();
    const service = slow(server);
    client.connect();
    await pass(10_000);
    await pass(2500 + 10_000);
    const late = service.held.splice(0);
    expect(late).toHaveLength(2);
    service.hurry();
    await pass(4500);
    // Each of them takes the place of the one that is there, however late; and so does one of the page before this.
    for (const greet of [...late, () => server.close("replaced")]) {
      await pass(600_000);
      expect(client.state.status).toBe("connected");
      greet();
      await pass();
    }
    expect(client.state.status).toBe("connected");
    // Whoever it is now is somebody else.
    server.close("replaced");
    await pass(3_600_000);
    expect(client.state).toMatchObject({ status: "disconnected", reason: "replaced" });
  });

  test("comes back also when what replaced it was a socket that was tried beside polling", async () => {
    const { server, client } = made({ polling: true });
    client.connect();
    await pass();
    server.close("replaced");
    await pass();
    expect(client.state.status).toBe("connected");
    const service = slow(server);
    server.drop();
    // Three that are not greeted, then polling, with a trial beside it that is not either.
    await pass(75_000);
    expect(client.state).toMatchObject({ status: "connected", over: "polling" });
    expect(service.held).toHaveLength(4);
    service.hurry();
    await pass(60_000);
    for (const greet of service.held) {
      expect(client.state).toMatchObject({ status: "connected", over: "websocket" });
      greet();
      await pass();
    }
    expect(client.state).toMatchObject({ status: "connected", over: "websocket" });
  });

  test("comes back when what replaced it was an attempt of the page before it was loaded again", async () => {
    const server = new FakeServer();
    const { platform } = server.optionsFor("42");
    const page = { platform, storage: storage() };
    const before = made(page).client;
    before.connect();
    await pass();
    const service = slow(server);
    server.drop();
    await pass(1500);
    before.close();
    expect(service.held).toHaveLength(1);
    service.hurry();
    const { client } = made(page);
    client.connect();
    await pass();
    expect([client.clientId, client.state.status]).toEqual([before.clientId, "connected"]);
    for (const greet of service.held) greet();
    await pass();
    expect(client.state.status).toBe("connected");
    server.publish({ event: "greeting", to: { users: ["42"] } });
    await pass();
    expect(client.stats()).toMatchObject({ received: 1, gaps: 0 });
  });

  test("is not fought over for ever by two that say that they are the same, whatever they gave up before", async () => {
    const server = new FakeServer();
    const { platform } = server.optionsFor("42");
    const { WebSocket: Near } = platform;
    if (!Near) throw new Error("There are no sockets.");
    let sockets = 0;
    const both = [1, 2].map(() => {
      const alike = class extends Near {
        constructor(url: string, protocols: string[]) {
          sockets += 1;
          super(url.replace(/client=[^&]+/, "client=the-same"), protocols);
        }
      };
      return made({ platform: { ...platform, WebSocket: alike } }).client;
    });
    server.fallSilent();
    for (const client of both) client.connect();
    await pass(600_000);
    expect(sockets).toBeGreaterThan(40);
    server.recover();
    sockets = 0;
    await pass(60_000);
    expect(both.map(({ state }) => state.status).sort()).toEqual(["connected", "disconnected"]);
    expect(sockets).toBeLessThan(15);
    const then = sockets;
    await pass(600_000);
    expect(sockets).toBe(then);
  });

  test("that was let go of while it opened never is, and says nothing any more", async () => {
    const { server, client, states } = made();
    const heard = vi.fn();
    client.on("*", heard);
    const sockets: FakeSocket[] = [];
    const accept = server.accept.bind(server);
    vi.spyOn(server, "accept").mockImplementation((socket) => {
      sockets.push(socket);
      accept(socket);
    });
    client.connect();
    client.close();
    await pass();
    expect(server.connections()).toBe(0);
    client.connect();
    await pass();
    const [first] = sockets;
    server.close("relocated");
    await pass();
    expect(sockets.length).toBeGreaterThan(1);
    const before = states.length;
    // Whatever the first one still had to say.
    vi.spyOn(first ?? { readyState: 0 }, "readyState", "get").mockReturnValue(1);
    first?.send({ type: "event", channel: "user:42", event: "late", data: 1, id: "1", at: 0, offset: 1 });
    first?.send({ type: "close", code: 1008, reason: "kicked" });
    await pass();
    expect(heard).not.toHaveBeenCalled();
    expect(states).toHaveLength(before);
    expect(client.state.status).toBe("connected");
  });

  test("is counted: how long it was there, and how often it came back or did not", async () => {
    const { server, client } = made();
    client.connect();
    await pass();
    await pass(6000);
    server.blockSockets();
    await pass(1500 + 1000);
    server.recover();
    await pass(1500);
    expect(client.stats()).toMatchObject({ reconnects: 1, reconnectsFailed: 1 });
    expect(client.stats().uptime).toBeCloseTo(0.6, 1);
  });
});

describe("a token", () => {
  test("is fetched once, and again only shortly before it ends", async () => {
    const { server, client } = made({}, { tokenLife: 120_000 });
    client.connect();
    await pass();
    for (let times = 0; times < 3; times += 1) {
      server.drop();
      await pass(5000);
    }
    await client.inbox.load();
    expect(server.tokensGiven).toBe(1);
    await pass(80_000);
    server.drop();
    await pass(5000);
    expect(server.tokensGiven).toBe(2);
  });

  test("is renewed over the same connection when the service asks for it", async () => {
    const { server, client } = made();
    client.connect();
    await pass();
    server.expireSoon();
    server.expireSoon();
    await pass();
    expect(server.tokensGiven).toBe(2);
    expect(server.received.filter(({ frame }) => frame.type === "auth")).not.toEqual([]);
    expect(client.stats().reconnects).toBe(0);
  });

  test("that is no newer than the last is not sent again, however often the service asks", async () => {
    const token = new FakeServer().token("42");
    const { server, client } = made({ getToken: () => token });
    client.connect();
    await pass();
    for (let times = 0; times < 3; times += 1) {
      server.expireSoon();
      await pass();
    }
    expect(server.received.filter(({ frame }) => frame.type === "auth")).toHaveLength(1);
    expect(client.state.status).toBe("connected");
  });

  test("that is refused is replaced at once, and then with patience", async () => {
    const { server, client } = made();
    client.connect();
    await pass();
    server.expireTokens();
    await pass();
    expect(client.state.status).toBe("connected");
    expect(server.tokensGiven).toBe(2);
    vi.spyOn(server, "userOf").mockReturnValue(undefined);
    server.close("unauthorized");
    await pass();
    expect(client.state).toMatchObject({ status: "disconnected", reason: "unauthorized" });
    expect(server.tokensGiven).toBe(3);
  });

  test("that cannot be fetched is told of, and fetched later", async () => {
    const getToken = vi.fn(() => Promise.reject(new Error("no network")));
    const { client, errors } = made({ getToken });
    client.connect();
    await pass();
    expect(errors).toEqual(["token"]);
    expect(client.state).toMatchObject({ status: "disconnected", reason: "token", attempt: 1 });
    await pass(2500);
    expect(getToken).toHaveBeenCalledTimes(2);
  });

  test("is never fetched twice at once", async () => {
    const server = new FakeServer();
    let [now, most] = [0, 0];
    const getToken = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 100));
      now -= 1;
      return server.token("42");
    };
    const { client } = made({ getToken, platform: server.optionsFor("42").platform });
    client.connect();
    void client.inbox.load();
    void client.inbox.preferences.get();
    await pass(50);
    client.setUser("42");
    client.connect();
    await pass(1000);
    expect(client.state.status).toBe("connected");
    expect(most).toBe(1);
  });

  /** Tokens that are given when the test says so, with who asked. */
  function slowTokens(server: FakeServer) {
    const asked: ((user: string) => void)[] = [];
    const getToken = () =>
      new Promise<string>((resolve) => asked.push((user) => resolve(server.token(user))));
    return { asked, getToken };
  }

  test("that arrives after the client was closed, or the user signed out, connects nobody", async () => {
    const server = new FakeServer();
    const { asked, getToken } = slowTokens(server);
    for (const end of [(client: Any) => client.close(), (client: Any) => client.signOut()]) {
      const { client } = made({ getToken, platform: server.optionsFor("42").platform });
      client.connect();
      await pass();
      end(client);
      asked.shift()?.("42");
      await pass(60_000);
      expect(server.connections()).toBe(0);
      // And nobody asks for another, which might be whoever's.
      expect(asked).toEqual([]);
    }
  });

  test("of one user is not used for the next, nor is another fetched before it is here", async () => {
    const server = new FakeServer();
    const { asked, getToken } = slowTokens(server);
    const { client, states, errors } = made({ getToken, platform: server.optionsFor("42").platform });
    client.connect();
    await pass();
    client.setUser("7");
    await pass();
    expect(asked).toHaveLength(1);
    asked.shift()?.("42");
    await pass();
    expect([asked.length, server.connections()]).toEqual([1, 0]);
    asked.shift()?.("7");
    await pass();
    expect(client.state).toMatchObject({ status: "connected", user: "7" });
    expect(states.filter(({ status }) => status === "connected")).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test("of somebody else than the application says is not gone by", async () => {
    const server = new FakeServer();
    const users = ["42", "42", "7"];
    const getToken = () => server.token(users.shift() ?? "7");
    const { client, states, errors } = made({ getToken, platform: server.optionsFor("42").platform });
    const heard = vi.fn();
    client.on("*", heard);
    client.setUser("7");
    client.connect();
    server.publish({ event: "secret", to: { users: ["42"] } });
    await pass();
    expect(client.state).toMatchObject({ status: "disconnected", reason: "token" });
    expect(errors).toEqual(["token", "token"]);
    await pass(5000);
    expect(client.state).toMatchObject({ status: "connected", user: "7" });
    expect(states.filter(({ status }) => status === "connected")).toHaveLength(1);
    expect(heard).not.toHaveBeenCalled();
  });

  test("of the last user is gone before anybody can connect again", async () => {
    const { server, client } = made();
    client.connect();
    await pass();
    const undo = client.listen("state", ({ status }) => {
      if (status === "disconnected") client.connect();
    });
    client.signOut();
    undo();
    await pass();
    expect(client.state.status).toBe("connected");
    expect(server.tokensGiven).toBe(2);
  });

  test("is fetched anew after the device has slept", async () => {
    const { server, client } = made();
    client.connect();
    await pass();
    // The clock goes on while no timer runs.
    vi.setSystemTime(Date.now() + 600_000);
    await pass(25_000);
    server.drop();
    await pass(5000);
    expect(client.state.status).toBe("connected");
    expect(server.tokensGiven).toBe(2);
  });

  test("that nobody gives is not waited for: without one a refusal is for good", async () => {
    const server = new FakeServer();
    const { getToken: _, ...rest } = server.optionsFor("42");
    const client = createClient({ ...rest });
    clients.push(client as unknown as Any);
    client.connect();
    await pass(60_000);
    expect(client.state).toMatchObject({ status: "disconnected", reason: "unauthorized" });
  });

  test("comes from an address as a ticket, with the service's own", async () => {
    const server = new FakeServer();
    const { platform } = server.optionsFor("42");
    const asked: string[] = [];
    const fetch = async (url: string, init?: RequestInit) => {
      asked.push(url);
      if (url !== "/api/ws/auth") return platform.fetch?.(url, init) ?? new Response();
      return Response.json({ wsUrl: "wss://fake.carillon/connect", token: server.token("42"), userId: "42" });
    };
    const client = createClient({
      ticketUrl: "/api/ws/auth",
      storage: false,
      platform: { ...platform, fetch },
    });
    clients.push(client as unknown as Any);
    client.connect();
    await pass();
    expect(client.state).toMatchObject({ status: "connected", user: "42" });
    await client.inbox.load();
    expect(asked).toEqual(["/api/ws/auth", "https://fake.carillon/inbox"]);
  });

  test("stands in no error", async () => {
    const token = "secret-token";
    const told: unknown[] = [];
    const { client } = made({ getToken: () => token });
    client.listen("error", (error) => void told.push(error.message, String(error.cause), error.stack));
    await client.inbox.load();
    told.push(client.inbox.get().error?.message);
    client.connect();
    await pass();
    expect(client.state).toMatchObject({ reason: "unauthorized" });
    expect(told.join(" ")).not.toContain(token);
  });
});
