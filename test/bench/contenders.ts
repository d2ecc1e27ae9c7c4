import { startCarillon } from "./carillon-server.ts";
import { startCountingCarillon } from "./counting-server.ts";
import type { Contender } from "./server.ts";
import { startWsPeer } from "./ws-peer.ts";

/** Everything that the benchmark compares. The first is Carillon; ratios are to the others of the same run. */
export const contenders: readonly Contender[] = [
  {
    name: "carillon",
    about: "the built Worker on `workerd serve`, its objects with SQLite, no proxy in front",
    canResume: true,
    start: startCarillon,
    startCounting: startCountingCarillon,
  },
  {
    name: "ws",
    about: "the npm package `ws` on Node: a `send` loop, no storage, no replay, one encoding for all sockets",
    canResume: false,
    start: startWsPeer,
  },
];
