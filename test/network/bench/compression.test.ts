import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { SUBPROTOCOL } from "../../../src/protocol/frames.ts";
import { makeAudience } from "../../bench/audience.ts";
import { startCarillon, startCompressingCarillon } from "../../bench/carillon-server.ts";

// Asked of the runtime itself: the proxy of `wrangler dev` agrees with its client on its own.

const secrets = {
  jwtSecret: "a-secret-of-thirty-two-characters",
  publishKey: "a-key-of-at-least-thirty-two-characters",
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "carillon-compression-"));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

test.each([
  ["nothing, as the service is configured", startCarillon, ""],
  ["messages, without the flag that turns it off", startCompressingCarillon, "permessage-deflate"],
])("for a client that offers it the server compresses %s", async (_case, start, expected) => {
  await using server = await start(secrets, folder);
  const [listener] = (await makeAudience("users", 1, secrets)).connections;
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}/connect`, [SUBPROTOCOL], {
    headers: { Authorization: `Bearer ${listener?.token}` },
    perMessageDeflate: true,
  });
  await once(ws, "open");
  expect(ws.extensions).toBe(expected);
  ws.terminate();
});
