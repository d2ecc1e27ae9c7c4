import type { AudienceName } from "./audience.ts";
import type { Dialect } from "./dialect.ts";
import type { Usage } from "./process-usage.ts";

/** A server under test. All of them send the same frames; what else differs is their dialect. */
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
  readonly dialect: Dialect;
  /** What it can do: those that can do the same are compared. */
  readonly audiences: readonly AudienceName[];
  /** Whether a connection can come back to where it stood (`?since=`). */
  readonly canResume: boolean;
  /** Whether one request can bring several events. */
  readonly canBatch: boolean;
  /** Why it cannot be started here, or nothing where it can. */
  missing?(): Promise<string | undefined>;
  start(secrets: Secrets, folder: string): Promise<Server>;
  /** Starts it so that it counts what it costs, and tells that at `COUNTS_PATH`. */
  startCounting?(secrets: Secrets, folder: string): Promise<Server>;
  /** Starts it so that it compresses for clients that offer it. */
  startCompressing?(secrets: Secrets, folder: string): Promise<Server>;
}
