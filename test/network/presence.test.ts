import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Backend } from "../support/backend.ts";
import { FrailLine } from "../support/frail-line.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { userToken } from "../support/token.ts";

let service: Service;
let backend: Backend;

beforeAll(async () => {
  service = await startService({ vars: { PRESENCE_GRACE_SECONDS: "1", DEAD_SECONDS: "10" } });
  backend = new Backend(service);
});
afterAll(() => service?.stop());

const shown = z.object({
  user: z.string(),
  online: z.boolean(),
  since: z.number().nullable(),
  lastSeen: z.number().nullable(),
  connections: z.array(
    z.strictObject({
      connection: z.string(),
      client: z.string(),
      openedAt: z.number(),
      rooms: z.array(z.string()),
      direct: z.boolean(),
    }),
  ),
});
const change = z.strictObject({ userId: z.string(), status: z.string(), timestamp: z.number() });

async function presenceOf(...users: string[]): Promise<z.output<typeof shown>[]> {
  const headers = { Authorization: `Bearer ${service.publishKey}` };
  const { status, text } = await backend.ask(`/presence?users=${users.join(",")}`, { headers });
  if (status !== 200) throw new Error(text);
  return z.object({ users: z.array(shown) }).parse(JSON.parse(text)).users;
}

/** Asks until it is so; there is nothing else to wait for where nobody is told. */
async function until(user: string, fits: (presence: z.output<typeof shown>) => boolean): Promise<void> {
  const holds = async () => (await presenceOf(user)).every(fits);
  await expect.poll(holds, { timeout: 20_000, interval: 250 }).toBe(true);
}

async function enter(user: string, more: { roles?: string[]; path?: string; origin?: string } = {}) {
  const token = await userToken(service, { sub: user, roles: more.roles ?? [] });
  const url = `${more.origin ?? service.wsUrl}${more.path ?? "/connect"}?token=${token}&client=tab`;
  return Socket.greeted(url);
}

/** What somebody was told of a user. */
function told(socket: Socket, user: string): z.output<typeof change>[] {
  return socket
    .all("event")
    .filter(({ channel, event }) => channel === "admin:system" && event === "user:presence")
    .map(({ data }) => change.parse(data))
    .filter(({ userId }) => userId === user);
}

describe.concurrent("presence over the network", () => {
  test("A: is told to administrators when somebody comes and goes, and not when a page is loaded anew", async () => {
    const admin = await enter("ada", { roles: ["DTAM_ADMIN"] });
    const first = await enter("finn", { roles: ["farmer"] });
    await admin.until(() => told(admin, "finn").length === 1, "word that finn came");
    first.close(1000, "bye");
    await first.ended();
    const second = await enter("finn", { roles: ["farmer"] });
    expect(await presenceOf("finn", "gert")).toEqual([
      {
        ...{ user: "finn", online: true, since: told(admin, "finn")[0]?.timestamp },
        lastSeen: expect.any(Number),
        connections: [
          {
            ...{ connection: second.welcome.connection, client: "tab", openedAt: expect.any(Number) },
            ...{ rooms: [], direct: false },
          },
        ],
      },
      { user: "gert", online: false, since: null, lastSeen: null, connections: [] },
    ]);
    second.close(1000, "bye");
    await admin.until(() => told(admin, "finn").length === 2, "word that finn went");
    const [gone] = await presenceOf("finn");
    expect(told(admin, "finn").map(({ status }) => status)).toEqual(["online", "offline"]);
    expect(gone).toEqual({
      ...{ user: "finn", online: false, since: null, connections: [] },
      lastSeen: told(admin, "finn")[1]?.timestamp,
    });
    expect(told(admin, "ada")).toEqual([]);
  });

  test("knows who is there by a room's own connection", async () => {
    const socket = await enter("rosa", { path: "/rooms/room:lobby/connect" });
    const [{ online, connections } = { online: false, connections: [] }] = await presenceOf("rosa");
    expect(online).toBe(true);
    expect(connections).toMatchObject([{ rooms: ["room:lobby"], direct: true, client: "tab" }]);
    socket.drop();
    await until("rosa", (presence) => !presence.online && presence.connections.length === 0);
  });

  test("notices a line that goes dead without a word, when somebody asks", async () => {
    const line = await FrailLine.to(service.port);
    try {
      const admin = await enter("alma", { roles: ["admin"] });
      const socket = await enter("lost", { origin: `ws://127.0.0.1:${line.port}` });
      await admin.until(() => told(admin, "lost").length === 1, "word that they came");
      line.cut();
      socket.send({ type: "ping", ref: 1 });
      await until("lost", ({ connections }) => {
        // Whoever lives says so.
        admin.sendRaw('{"type":"ping"}');
        return connections.length === 0;
      });
      await admin.until(() => told(admin, "lost").length === 2, "word that they went");
      expect(await presenceOf("lost")).toMatchObject([{ online: false }]);
    } finally {
      line.close();
    }
  });
});
