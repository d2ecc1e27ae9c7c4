import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorker } from "../bench/worker-bundle.ts";
import { startWorkerd } from "../bench/workerd.ts";
import { workerdConfig } from "../bench/workerd-config.ts";

/** The service that is tried. */
export interface Target extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly publishKey: string;
  /** A key with limits. */
  readonly limitedKey: string;
  readonly jwtSecret: string;
  /** Signs tickets that a backend makes by itself. */
  readonly hmacSecret: string;
  /** What the service has printed last; nothing where it runs elsewhere. */
  output(): string;
}

/** Roles with rights beyond those of other users. */
export const BROADCASTER = "fuzz-broadcaster";
export const OPERATOR = "fuzz-operator";

const publishKey = "dev-only-publish-key-of-the-fuzz-run";
const limitedKey = "dev-only-limited-key-of-the-fuzz-run";
const hmacSecret = "dev-only-secret-that-signs-tickets-of-the-fuzz-run";
const jwtSecret = "dev-only-secret-that-signs-tokens-of-the-fuzz-run";

/** Builds the Worker and runs it on a runtime of its own, with empty storage and every route. */
export async function startTarget(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "carillon-fuzz-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  try {
    const bundle = await buildWorker(folder, "test/fuzz/fuzz-worker.ts");
    const storage = join(folder, "storage");
    await mkdir(storage);
    const vars = {
      ENVIRONMENT: "development",
      JWT_SECRET: jwtSecret,
      PUBLISH_KEYS: `fuzz:${publishKey},limited:${limitedKey}`,
      PUBLISH_KEY_LIMITS: JSON.stringify({
        limited: {
          channels: ["room:*", "user:{userId}", "clinic:7:*", "announcements"],
          events: ["payment:confirmed", "a.b-c_d", "QUEUE_UPDATE"],
        },
      }),
      HMAC_TICKET_SECRET: hmacSecret,
      BROADCAST_ROLES: BROADCASTER,
      OPERATOR_ROLES: OPERATOR,
      // Of what goes to several, most is queued.
      INLINE_CALLS: "2",
      PARCEL_CALLS: "2",
      MAX_CONNECTIONS_PER_USER: "100",
      // Who waits while another lane looks for its smallest counterexample does not ping.
      DEAD_SECONDS: "3600",
    };
    const { port, output, end } = await startWorkerd(workerdConfig(bundle, { storage, vars }), folder);
    return {
      url: `http://127.0.0.1:${port}`,
      publishKey,
      limitedKey,
      jwtSecret,
      hmacSecret,
      output,
      [Symbol.asyncDispose]: async () => {
        await end();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
