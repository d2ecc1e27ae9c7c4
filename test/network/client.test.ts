import { afterAll, beforeAll, test } from "vitest";
import { WebSocket } from "ws";
import { createClient } from "../../src/client/index.ts";
import { describeClient } from "../client/both-worlds.ts";
import { awaited, type Options, type World } from "../client/world.ts";
import { Backend } from "../support/backend.ts";
import { type Service, startService } from "../support/service.ts";
import { userToken } from "../support/token.ts";

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.stop());

/** The suite's way to the real service: lines that can be cut, by the `ws` package. */
const lines = new Set<WebSocket>();
let isBlocked = false;
let tokens = 0;

class Line extends WebSocket {
  constructor(url: string, protocols: string[]) {
    // A port of nobody's: the connection is refused.
    super(isBlocked ? "ws://127.0.0.1:9" : url, protocols);
    lines.add(this);
    this.on("close", () => lines.delete(this));
  }
}

const world: World = {
  options: (user): Options => ({
    url: service.url,
    getToken: () => {
      tokens += 1;
      return userToken(service, { sub: user, tenants: ["7"] });
    },
    storage: false,
    platform: { WebSocket: Line },
  }),
  publish: async (publication) => void (await new Backend(service).publish(publication)),
  cut: () => {
    for (const line of lines) line.terminate();
  },
  block: () => {
    isBlocked = true;
  },
  unblock: () => {
    isBlocked = false;
  },
  kick: async (user) => {
    await new Backend(service).ask(`/users/${user}/disconnect`, {
      method: "POST",
      headers: { Authorization: `Bearer ${service.publishKey}` },
      body: "{}",
    });
  },
  get tokens() {
    return tokens;
  },
};

describeClient("the service", () => world);

test("a client in Node needs nothing beside what Node has", async () => {
  const getToken = () => userToken(service, { sub: "node" });
  const client = createClient<Record<string, unknown>>({ url: service.url, getToken });
  const heard: unknown[] = [];
  client.on("greeting", (data) => void heard.push(data));
  client.connect();
  await awaited(() => client.state).toMatchObject({ status: "connected", over: "websocket", user: "node" });
  await world.publish({ event: "greeting", data: 1, to: { users: ["node"] } });
  await awaited(() => heard).toEqual([1]);
  client.close();
});
