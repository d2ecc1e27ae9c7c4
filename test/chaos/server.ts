import { join } from "node:path";
import { buildWorker, type WorkerBundle } from "../bench/worker-bundle.ts";
import { startWorkerd, type Workerd } from "../bench/workerd.ts";
import { workerdConfig } from "../bench/workerd-config.ts";

export interface Secrets {
  readonly publishKey: string;
  readonly jwtSecret: string;
  readonly webhookSecret: string;
}

/** Characters of the runtime's output that a failure is told with. */
const TOLD = 4000;
/** Shards of the audience in the beginning. */
const FIRST_SHARDS = 2;

/**
 * The Worker under test on a runtime that can be killed: its storage on the disk outlives the process, and so do its
 * queues, as they do on the platform.
 */
export class Server implements AsyncDisposable {
  readonly #folder: string;
  readonly #config: (shards: number) => string;
  #workerd: Workerd | undefined;
  #shards = FIRST_SHARDS;
  #port = 0;
  #printed = "";
  #isOver = false;

  private constructor(folder: string, config: (shards: number) => string) {
    this.#folder = folder;
    this.#config = config;
  }

  /** Builds the Worker with its door and starts it, on an empty storage in this folder. */
  static async start(folder: string, storage: string, secrets: Secrets, webhookUrl: string): Promise<Server> {
    const built = await buildWorker(folder, join("test", "chaos", "worker", "chaos-worker.ts"));
    const bundle = withQuickRetries(built);
    const config = (shards: number) =>
      workerdConfig(bundle, {
        storage,
        vars: {
          ENVIRONMENT: "development",
          JWT_SECRET: secrets.jwtSecret,
          PUBLISH_KEYS: `chaos:${secrets.publishKey}`,
          LOG_EVENTS: "100000",
          // A dead letter may be retried when its log has long had a thousand entries more.
          REMEMBERED_IDS: "10000",
          // Small pages, so that there is something between the first and the last of a replay.
          PAGE_EVENTS: "40",
          RETRY_SECONDS: "1",
          HEARTBEAT_SECONDS: "5",
          AUDIENCE_SHARDS: String(shards),
          // What goes to a few is waited for; the rest of what goes to many is queued, in several messages.
          INLINE_CALLS: "8",
          PARCEL_CALLS: "5",
          QUEUE_RETRY_SECONDS: "1",
          QUEUE_ATTEMPTS: "3",
          WEBHOOK_URL: webhookUrl,
          WEBHOOK_SECRET: secrets.webhookSecret,
          // Whoever reconnects is soon told to have gone and come.
          PRESENCE_GRACE_SECONDS: "1",
          ROOM_GRACE_SECONDS: "1",
          WEBHOOK_TIMEOUT_SECONDS: "2",
          // Of those that are put back again and again none becomes a dead letter.
          WEBHOOK_ATTEMPTS: "100",
          // Nobody here is refused for coming back often.
          MAX_CONNECTIONS_PER_USER: "100",
          MAX_ROOM_CONNECTIONS_PER_USER: "100",
          MESSAGE_BURST: "10000",
          // The busiest rooms move to sockets of their own.
          ROOM_RELAY_LIMIT: "8",
        },
      });
    const server = new Server(folder, config);
    await server.restart();
    return server;
  }

  /** Where it is now; nobody is there after a kill. */
  address(protocol: "http" | "ws"): string {
    return `${protocol}://127.0.0.1:${this.#port}`;
  }

  /** How many shards of the audience there are. */
  get shards(): number {
    return this.#shards;
  }

  /** Ends the process as a crash would, at once. */
  async kill(): Promise<void> {
    const { end, output } = this.#workerd ?? {};
    await end?.();
    this.#printed = (this.#printed + (output?.() ?? "")).slice(-TOLD);
  }

  /** Starts it again, with what is on the disk. */
  async restart(shards = this.#shards): Promise<void> {
    this.#shards = shards;
    this.#workerd = await startWorkerd(this.#config(shards), this.#folder);
    this.#port = this.#workerd.port;
    // The run may have come to its end while this was starting.
    if (this.#isOver) await this.kill();
  }

  /** What it has printed last. */
  output(): string {
    return (this.#printed + (this.#workerd?.output() ?? "")).slice(-TOLD);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.kill();
  }
}

/** A consumer that dies gets its messages again half a minute later; here nobody wants to wait for that. */
function withQuickRetries(bundle: WorkerBundle): WorkerBundle {
  const consumers = Object.entries(bundle.consumers).map(([queue, consumer]) => {
    return [queue, { ...consumer, retry_delay: 1 }] as const;
  });
  return { ...bundle, consumers: Object.fromEntries(consumers) };
}
