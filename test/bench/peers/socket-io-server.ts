import { Server } from "socket.io";
import { z } from "zod";
import { PeerServer } from "./peer-server.ts";

// What Socket.IO does with the same load, configured as its pages on performance advise: WebSocket only, no compression,
// nothing else served; a room for each channel, whose packets the adapter encodes once for all sockets.

const [publishKey = "", jwtSecret = ""] = process.argv.slice(2);
const handshake = z.object({ token: z.string(), path: z.string() });
const peer = new PeerServer({ publishKey, jwtSecret }, (channel, frame) => {
  server.to(channel).emit("event", frame);
  return server.sockets.adapter.rooms.get(channel)?.size ?? 0;
});
const server = new Server(peer.http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  httpCompression: false,
  serveClient: false,
});
server.engine.on("connection", (connection: { request: unknown }) => {
  // Kept by default, and of no use once the handshake is done.
  connection.request = null;
});
server.on("connection", async (socket) => {
  try {
    const { token, path } = handshake.parse(socket.handshake.auth);
    const { channels, frame } = peer.welcome(await peer.userOf(token), path);
    await socket.join(channels);
    socket.emit("welcome", frame);
  } catch {
    socket.disconnect(true);
  }
});
peer.listen();
