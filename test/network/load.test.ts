import { once } from "node:events";
import { createServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { execute } from "../../src/cli/command.ts";
import { clientFrame, SUBPROTOCOL } from "../../src/protocol/frames.ts";
import { freshSurroundings } from "../cli/surroundings.ts";
import { load } from "../load/load.ts";

/** What a service does wrong: to its third client, or with that client's second message. */
type Fault = "none" | "hangs up" | "answers not" | "refuses";

/** As much of a service as the load test uses: tickets, a greeting and answers. */
async function fakeService(fault: Fault, key: string): Promise<string> {
  let clients = 0;
  const server = createServer((request, response) => {
    const isSold = request.url === "/auth/ticket" && request.headers.authorization === `Bearer ${key}`;
    response.writeHead(isSold ? 200 : 401).end(JSON.stringify({ token: "ticket", code: "unauthorized" }));
  });
  const greet = (socket: WebSocket) => {
    const isThird = ++clients === 3;
    const send = (frame: object) => socket.send(JSON.stringify(frame));
    if (isThird && fault === "refuses") return send({ type: "close", code: 1008, reason: "forbidden" });
    send({
      ...{ type: "welcome", connection: "c", user: `u${clients}`, roles: [], channels: [] },
      ...{ position: { epoch: "0", offset: 0 }, recovered: true, expiresAt: Date.now(), heartbeat: 1 },
    });
    let messages = 0;
    socket.on("message", (data) => {
      const frame = clientFrame.parse(JSON.parse(String(data)));
      if (frame.type !== "subscribe") return;
      const isStruck = isThird && ++messages === 2;
      if (isStruck && fault === "hangs up") return socket.terminate();
      if (isStruck && fault === "answers not") return;
      const [{ channel } = { channel: "" }] = frame.channels;
      send({
        type: "subscribed",
        ref: frame.ref,
        channel,
        position: { epoch: "0", offset: 0 },
        recovered: true,
      });
    });
  };
  const sockets = new WebSocketServer({ server, handleProtocols: () => SUBPROTOCOL });
  sockets.on("connection", greet);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("The server listens nowhere.");
  return `http://127.0.0.1:${bound.port}`;
}

async function tryLoad(...argv: string[]) {
  const surroundings = freshSurroundings();
  const code = await execute(load, [...argv, "--messages", "5"], surroundings);
  return { code, ...surroundings };
}

test("every message of every client is answered by the service itself", { timeout: 60_000 }, async () => {
  const { code, printed, complained } = await tryLoad("--clients", "20");
  expect(complained).toEqual([]);
  expect(printed).toHaveLength(4);
  expect(printed[1]).toMatch(/^connected 20 of 20 \(100\.00 %\), [\d,]+\/s, p50 [\d.]+ ms/);
  expect(printed[2]).toMatch(/^answered {2}100 of 100 \(100\.00 %\), /);
  expect(printed[3]).toBe("success rate 100.00 %");
  expect(code).toBe(0);
});

test("buys each client a ticket where it has a publish key", async () => {
  const url = await fakeService("none", "the-key");
  const { code, printed } = await tryLoad(
    "--url",
    url,
    "--key",
    "the-key",
    "--clients",
    "4",
    "--rate",
    "100",
  );
  expect(printed.at(-1)).toBe("success rate 100.00 %");
  expect(code).toBe(0);
  const refused = await tryLoad("--url", url, "--key", "another", "--clients", "4");
  expect(refused.code).toBe(1);
  expect(refused.printed.at(-1)).toBe("success rate 0.00 %");
  expect(refused.complained).toEqual(["4 times: connecting: The service refused with 401 unauthorized: "]);
});

test.each<{ fault: Fault; rate: string; says: RegExp }>([
  { fault: "hangs up", rate: "80.00 %", says: /^1 times: sending: awaited the answer to message 2, but / },
  { fault: "answers not", rate: "80.00 %", says: /message 2, but the whole took longer than 1 s/ },
  { fault: "refuses", rate: "75.00 %", says: /^1 times: connecting: .*1008 forbidden/ },
])("tells what share succeeded with a service that $fault", async ({ fault, rate, says }) => {
  const url = await fakeService(fault, "the-key");
  const argv = ["--token", "of-a-user", "--clients", "4", "--timeout", "1"];
  const { code, printed, complained } = await tryLoad("--url", url, ...argv);
  expect(code).toBe(1);
  expect(printed.at(-1)).toBe(`success rate ${rate}`);
  expect(complained.join("\n")).toMatch(says);
});
