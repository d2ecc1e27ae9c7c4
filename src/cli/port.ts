import { connect, createServer } from "node:net";
import { reasonFor } from "./reason.ts";

/** The addresses that browsers may take `localhost` for. */
const loopback = ["127.0.0.1", "::1"] as const;

/**
 * Why a port of this machine cannot be listened on, or `undefined` if it can.
 *
 * Both are asked: whether someone answers there (some systems let two programs listen on one port, one of them on
 * all addresses, and browsers would find either), and whether listening works.
 */
export async function portProblem(port: number): Promise<string | undefined> {
  const answers = await Promise.all(loopback.map((host) => isAnswered(host, port)));
  if (answers.includes(true)) return "another program listens there";
  return await listeningProblem(port);
}

function isAnswered(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port });
  socket.once("connect", () => resolve(true));
  socket.once("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}

function listeningProblem(port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once("error", (error) => resolve(reasonFor(error)));
  server.listen({ host: loopback[0], port }, () => server.close(() => resolve(undefined)));
  return promise;
}
