import { SignJWT } from "jose";
import { calmCounts } from "./calm-counts.ts";
import { difference } from "./counts.ts";
import { Histogram } from "./histogram.ts";
import { type InboxRow, spreadOf } from "./measurement.ts";
import { secondsBetween } from "./process-usage.ts";
import type { Contender, Secrets, Server } from "./server.ts";

export interface InboxOptions {
  readonly contender: Contender;
  readonly secrets: Secrets;
  readonly folder: string;
  /** Notifications in the full inbox; a usual one has a tenth of them. */
  readonly notifications: number;
  /** How often each thing is done where time is measured. */
  readonly times: number;
  readonly tell: (what: string) => void;
  readonly measured: (row: InboxRow) => void;
}

/** Notifications in one publish. */
const BATCH = 100;

/** Something that is done with an inbox, the `n`-th time. */
interface Deed {
  readonly what: string;
  readonly notifications: number;
  readonly act: (owner: Owner, n: number) => Promise<void>;
}

/** What each thing that is done with an inbox costs: rows on a server that counts them, time on one that does not. */
export async function measureInbox(options: InboxOptions): Promise<void> {
  const { contender, secrets, folder, notifications, times, tell, measured } = options;
  if (!contender.startCounting) return;
  await using counting = await contender.startCounting(secrets, folder);
  await using timing = await contender.start(secrets, folder);
  for (const size of [Math.ceil(notifications / 10), notifications]) {
    tell(`an inbox of ${size}`);
    const counted = await Owner.withInbox(counting, secrets, size);
    const timed = await Owner.withInbox(timing, secrets, size);
    for (const deed of deeds(size, size === notifications)) {
      // Whatever happens once only has happened.
      await deed.act(counted, 0);
      const { counts: before } = await calmCounts(counting.port);
      await deed.act(counted, 1);
      const { counts: after } = await calmCounts(counting.port);
      const rows = difference(after, before);
      const took = new Histogram();
      const start = timing.usage();
      for (let n = 0; n < times; n++) {
        const from = performance.now();
        await deed.act(timed, n);
        took.record((performance.now() - from) * 1000);
      }
      const seconds = secondsBetween(start, timing.usage());
      measured({
        ...{ kind: "inbox", server: contender.name, audience: "users", sockets: 0, failures: [] },
        ...{ what: deed.what, notifications: size, times, counted: rows, took: spreadOf(took) },
        cpuMilliseconds: seconds === undefined ? undefined : (seconds * 1000) / times,
      });
    }
  }
}

function deeds(size: number, isFull: boolean): Deed[] {
  const usual: Omit<Deed, "notifications">[] = [
    { what: "publish with a notification", act: (owner, n) => owner.publish([`new-${n}`]) },
    { what: "mark one read", act: (owner, n) => owner.mark({ as: "read", ids: [`n${n}`] }) },
    { what: "first page of 50", act: (owner) => owner.get("/inbox") },
    { what: "counts", act: (owner) => owner.get("/inbox/counts") },
  ];
  const inTurn = (n: number) => (n % 2 === 0 ? "archived" : "unarchived");
  const full: Omit<Deed, "notifications">[] = [
    {
      what: "mark a thousand by their ids, the oldest",
      act: (owner, n) => owner.mark({ as: inTurn(n), ids: namesOf(Math.min(size, 1000)) }),
    },
    {
      what: "mark all up to the middle",
      act: (owner, n) => owner.mark({ as: inTurn(n), all: true, upTo: size }),
    },
  ];
  const all = {
    what: "mark all",
    act: (owner: Owner, n: number) => owner.mark({ as: inTurn(n), all: true }),
  };
  return [...usual, all, ...(isFull ? full : [])].map((deed) => ({ ...deed, notifications: size }));
}

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `n${n}`);
}

/** A user with an inbox, and the backend that fills it. */
class Owner {
  readonly #user: string;
  readonly #port: number;
  readonly #token: string;
  readonly #key: string;

  static async withInbox({ port }: Server, secrets: Secrets, size: number): Promise<Owner> {
    const user = `reader-${size}`;
    const token = await new SignJWT()
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setSubject(user)
      .setIssuedAt()
      .setExpirationTime("1 day")
      .sign(new TextEncoder().encode(secrets.jwtSecret));
    const owner = new Owner(user, port, token, secrets.publishKey);
    await owner.publish(namesOf(size));
    await owner.get("/inbox");
    return owner;
  }

  constructor(user: string, port: number, token: string, key: string) {
    this.#user = user;
    this.#port = port;
    this.#token = token;
    this.#key = key;
  }

  async publish(ids: readonly string[]): Promise<void> {
    const title = "Your application has been updated";
    const message = "Application 2026-000123 has changed its status. Open it to see what is to be done.";
    for (let from = 0; from < ids.length; from += BATCH) {
      const events = ids.slice(from, from + BATCH).map((id) => ({
        ...{ id, event: "application:updated", data: { applicationId: id }, to: { users: [this.#user] } },
        notification: { type: "application", title, message, actionUrl: `/applications/${id}` },
      }));
      await this.#ask(this.#key, "POST", "/publish", events);
    }
  }

  mark(request: object): Promise<void> {
    return this.#ask(this.#token, "POST", "/inbox/mark", request);
  }

  get(path: string): Promise<void> {
    return this.#ask(this.#token, "GET", path);
  }

  async #ask(token: string, method: string, path: string, body?: object): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    if (text.includes('"failed"')) throw new Error(`${method} ${path}: ${text}`);
  }
}
