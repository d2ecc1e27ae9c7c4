import type { Listener } from "./listener.ts";

/** How the clients' connections fared. */
export interface ConnectionFigures {
  /** Clients that share a connection with others. */
  readonly sharing: number;
  /** How often a client was not live any more, also because it wanted to. */
  readonly breaks: number;
  /** How long each break lasted, from the loss of the connection until everything came again, in ms. */
  readonly healing: readonly number[];
  /** What the clients themselves count. */
  readonly attempts: number;
  readonly reconnects: number;
  /** From 0 to 1, of all clients. */
  readonly uptime: number;
  readonly repeated: number;
  readonly gaps: number;
}

export function connectionFiguresOf(listeners: readonly Listener[]): ConnectionFigures {
  const stats = listeners.flatMap((listener) => listener.stats());
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const reconnects = sum(stats.map((one) => one.reconnects));
  return {
    sharing: listeners.filter(({ part }) => part.isSharing).length,
    breaks: sum(listeners.map(({ breaks }) => breaks)),
    healing: listeners.flatMap(({ healing }) => healing),
    reconnects,
    attempts: reconnects + sum(stats.map((one) => one.reconnectsFailed)),
    uptime: sum(stats.map((one) => one.uptime)) / stats.length,
    repeated: sum(stats.map((one) => one.repeated)),
    gaps: sum(stats.map((one) => one.gaps)),
  };
}
