import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Backend } from "../support/backend.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { secondsFromNow, userToken } from "../support/token.ts";

let service: Service;
let backend: Backend;

beforeAll(async () => {
  service = await startService({ vars: { EXPIRING_SECONDS: "1" } });
  backend = new Backend(service);
});
afterAll(() => service?.stop());

async function enter(user: string, exp: number, path = "/connect"): Promise<Socket> {
  const headers = { Authorization: `Bearer ${await userToken(service, { sub: user, exp })}` };
  return Socket.greeted(service.wsUrl + path, { headers });
}

describe("a session whose token is about to expire (C7)", () => {
  test("goes on by auth, and ends without, on a user's socket and on a room's own", async () => {
    await Promise.all([
      goesOn("anna", "/connect", "user:anna"),
      goesOn("ben", "/rooms/room:lobby/connect", "room:lobby"),
    ]);
  });

  async function goesOn(user: string, path: string, channel: string): Promise<void> {
    const exp = secondsFromNow(3);
    const [renewing, ending] = [await enter(user, exp, path), await enter(user, exp, path)];
    for (const socket of [renewing, ending]) {
      const { in: left } = await socket.next("expiring", "word that the session ends");
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(1000);
    }
    const later = secondsFromNow(600);
    renewing.send({ type: "auth", ref: 1, token: await userToken(service, { sub: user, exp: later }) });
    expect(await renewing.next("ok", "the renewal")).toEqual({ type: "ok", ref: 1, expiresAt: later * 1000 });
    const end = { code: 1008, reason: "token_expired" };
    expect(await ending.next("close", "the end of the other session")).toMatchObject(end);
    expect(await ending.ended()).toEqual(end);
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
    await backend.publish({ event: "after", to: { channels: [channel] } });
    await renewing.next("event", "an event after the first token's end");
    expect(renewing.all("expiring")).toHaveLength(1);
    expect(renewing.isOpen).toBe(true);
  }

  test("is ended by the token of somebody else", async () => {
    const socket = await enter("carla", secondsFromNow(600));
    socket.send({ type: "auth", token: await userToken(service, { sub: "dora" }) });
    expect(await socket.ended()).toEqual({ code: 1008, reason: "forbidden" });
  });
});

describe("an operator", () => {
  test("disconnects a user, whose revoked token is then refused everywhere and whose newer one is not", async () => {
    const iat = secondsFromNow(-60);
    const old = await userToken(service, { sub: "emil", iat });
    const newer = await userToken(service, { sub: "emil", iat: iat + 120 });
    const paths = ["/connect", "/rooms/room:lobby/connect"];
    const open = (path: string, token: string) => Socket.open(`${service.wsUrl}${path}?token=${token}`);
    const sockets = await Promise.all(paths.map((path) => open(path, old)));
    for (const socket of sockets) await socket.next("welcome", "the greeting");
    const answer = await backend.ask("/users/emil/disconnect", {
      method: "POST",
      headers: { Authorization: `Bearer ${service.publishKey}` },
      body: JSON.stringify({ revokeBefore: (iat + 60) * 1000 }),
    });
    expect(JSON.parse(answer.text)).toEqual({ disconnected: 2 });
    for (const socket of sockets) {
      expect(await socket.next("close", "the end")).toMatchObject({ code: 1008, reason: "kicked" });
    }
    for (const path of paths) {
      expect(await (await open(path, old)).ended()).toEqual({ code: 1008, reason: "unauthorized" });
      await (await open(path, newer)).next("welcome", "the greeting");
    }
    for (const path of ["/events", "/rooms/room:lobby/events"]) {
      expect((await backend.ask(`${path}?token=${old}`)).status).toBe(401);
      expect((await backend.ask(`${path}?token=${newer}`)).status).toBe(200);
    }
  });

  test("sees that a client has received an event", async () => {
    const token = await userToken(service, { sub: "fred" });
    const socket = await Socket.greeted(`${service.wsUrl}/connect?client=tab-1&token=${token}`);
    await backend.publish({ id: "pay_1", event: "paid", to: { users: ["fred"] } });
    const { offset } = await socket.next("event", "the event");
    const receipt = async () => {
      const headers = { Authorization: `Bearer ${service.publishKey}` };
      return JSON.parse((await backend.ask("/users/fred/events/pay_1", { headers })).text);
    };
    expect(await receipt()).toMatchObject({ stored: [{ channel: "user:fred", offset: 1 }], received: [] });
    socket.send({ type: "ack", offset }, { type: "ping", ref: 1 });
    await socket.next("pong", "word that the ack was taken");
    expect(await receipt()).toMatchObject({ received: [{ client: "tab-1", at: expect.any(Number) }] });
  });
});
