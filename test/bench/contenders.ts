import { startCarillon, startCompressingCarillon, startCountingCarillon } from "./carillon-server.ts";
import { startBare } from "./peers/bare.ts";
import { nchanMissing, startNchan } from "./peers/nchan.ts";
import { startNodePeer } from "./peers/node-peer.ts";
import type { Contender } from "./server.ts";

/** Everything that the benchmark compares. The first is Carillon; ratios are to the others of the same run. */
export const contenders: readonly Contender[] = [
  {
    name: "carillon",
    about: "the built Worker on `workerd serve`, its objects with SQLite, no proxy in front",
    dialect: "carillon",
    audiences: ["room", "deflate", "users", "broadcast"],
    canResume: true,
    canBatch: true,
    start: startCarillon,
    startCounting: startCountingCarillon,
    startCompressing: startCompressingCarillon,
  },
  {
    name: "bare",
    about:
      "the platform's floor: an object on `workerd serve` that sends the same frames in a plain loop; no checks, no storage",
    dialect: "carillon",
    audiences: ["room", "users"],
    canResume: false,
    canBatch: true,
    start: startBare,
  },
  {
    name: "ws",
    about: "the npm package `ws` on Node: a `send` loop, no storage, no replay, one encoding for all sockets",
    dialect: "carillon",
    audiences: ["room", "users", "broadcast"],
    canResume: false,
    canBatch: true,
    start: (secrets) => startNodePeer("./ws-server.ts", secrets),
  },
  {
    name: "socket.io",
    about: "Socket.IO on Node: WebSocket transport only, no compression, its rooms, no storage",
    dialect: "socket.io",
    audiences: ["room", "users", "broadcast"],
    canResume: false,
    canBatch: true,
    start: (secrets) => startNodePeer("./socket-io-server.ts", secrets),
  },
  {
    name: "nchan",
    about: "nchan in nginx, a worker for each core, messages in shared memory, no check of who listens",
    dialect: "nchan",
    audiences: ["room", "users"],
    canResume: false,
    canBatch: false,
    missing: nchanMissing,
    start: startNchan,
  },
];
