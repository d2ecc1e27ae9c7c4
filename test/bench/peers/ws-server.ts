import { type WebSocket, WebSocketServer } from "ws";
import { PeerServer } from "./peer-server.ts";

// What the npm package `ws` does with the same load: each event is written once and sent to its sockets in a loop.
// Compression is off, which is the package's default.

const [publishKey = "", jwtSecret = ""] = process.argv.slice(2);
const channels = new Map<string, Set<WebSocket>>();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const server = new PeerServer({ publishKey, jwtSecret }, (channel, frame) => {
  const those = socketsOf(channel);
  const bytes = Buffer.from(JSON.stringify(frame));
  for (const ws of those) ws.send(bytes, { binary: false });
  return those.size;
});
server.http.on("upgrade", async (request, socket, head) => {
  try {
    const user = await server.userOf(request.headers.authorization?.replace("Bearer ", "") ?? "");
    const { pathname } = new URL(request.url ?? "/", "http://peer");
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const { channels, frame } = server.welcome(user, pathname);
      for (const channel of channels) socketsOf(channel).add(ws);
      ws.on("close", () => {
        for (const channel of channels) socketsOf(channel).delete(ws);
      });
      ws.send(JSON.stringify(frame));
    });
  } catch {
    socket.destroy();
  }
});
server.listen();

function socketsOf(channel: string): Set<WebSocket> {
  const known = channels.get(channel) ?? new Set();
  channels.set(channel, known);
  return known;
}
