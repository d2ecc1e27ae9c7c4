/** What the client needs of a WebSocket: the part that browsers, Node, Deno, Bun, React Native and `ws` have in common. */
export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "message" | "close" | "error",
    listener: (event: { readonly type: string; readonly data?: unknown }) => void,
  ): void;
}

export type SocketClass = new (url: string, protocols: string[]) => SocketLike;

/** A timer, whatever the platform calls it. */
export type Timer = object | number;

/** What the client needs of where it runs. Each can be given, for tests and odd platforms. */
export interface Platform {
  /** ms since 1970. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** Absent where there are no WebSockets: the client then polls. */
  readonly WebSocket: SocketClass | undefined;
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  setTimeout(run: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
}

/** The surroundings as they are, with what is given in place of theirs. What is not given is looked up when it is used. */
export function platformOf(given: Partial<Platform> = {}): Platform {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    WebSocket: globalThis.WebSocket,
    fetch: (url, init) => fetch(url, init),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
    ...given,
  };
}
