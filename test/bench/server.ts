import type { Usage } from "./process-usage.ts";

/** A server under test. All of them take the same upgrades, tokens and publishes, and send the same frames. */
export interface Server extends AsyncDisposable {
  readonly port: number;
  /** What it and the processes that it started have used so far, where the system tells. */
  usage(): Usage | undefined;
  /** What it has printed, for the message of a failure. */
  output(): string;
}

/** The secrets of one run: whoever publishes and whoever connects has them from here. */
export interface Secrets {
  readonly publishKey: string;
  readonly jwtSecret: string;
}

/** A kind of server that the benchmark can start. */
export interface Contender {
  readonly name: string;
  /** One sentence for the report. */
  readonly about: string;
  /** Whether a connection can come back to where it stood (`?since=`). */
  readonly canResume: boolean;
  start(secrets: Secrets, folder: string): Promise<Server>;
  /** Starts it so that it counts what it costs, and tells that at `COUNTS_PATH`. */
  startCounting?(secrets: Secrets, folder: string): Promise<Server>;
}
