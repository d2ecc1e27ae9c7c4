import { expect } from "vitest";
import type { Client, ClientOptions } from "../../src/client/index.ts";
import { createClient } from "../../src/client/index.ts";
import type { FakePublication } from "../../src/client/testing/index.ts";

/** A service that clients come to: one in the same program, or a real one over the network. */
export interface World {
  /** Options by which a client comes there as this user, who belongs to clinic 7. */
  options(user: string): Promise<Options> | Options;
  publish(publication: FakePublication): Promise<void> | void;
  /** Cuts all connections of all clients, without a word. */
  cut(): void;
  /** No connection can be opened any more. It can still be asked over HTTP. */
  block(): void;
  unblock(): void;
  /** Ends a user's connections for good. */
  kick(user: string): Promise<void> | void;
  /** How many tokens have been asked for. */
  readonly tokens: number;
}

export type Options = ClientOptions & { readonly platform: NonNullable<ClientOptions["platform"]> };

let names = 0;

/** A name that no other test has. */
export function fresh(of: string): string {
  names += 1;
  return `${of}-${Date.now().toString(36)}-${names}`;
}

/** Waits until something is so. */
export function awaited<Value>(read: () => Value) {
  return expect.poll(read, { timeout: 10_000, interval: 10 });
}

/** A client that comes back quickly, and everything that it heard. */
export class Heard {
  readonly client: Client<Record<string, unknown>>;
  /** The events in their order: the channel, the name, the data. */
  readonly events: [string, string, unknown][] = [];
  readonly gaps: string[] = [];
  readonly errors: string[] = [];
  readonly states: string[] = [];

  constructor(options: ClientOptions) {
    this.client = createClient<Record<string, unknown>>({
      reconnect: { minDelay: 20, maxDelay: 100 },
      ...options,
    });
    this.client.on("*", (data, { channel, event }) => void this.events.push([channel, event, data]));
    this.client.listen("gap", ({ channel }) => void this.gaps.push(channel));
    this.client.listen("error", ({ code, message }) => void this.errors.push(`${code}: ${message}`));
    this.client.listen("state", (state) => void this.states.push(state.status));
  }

  /** The data of the events of a name. */
  of(name: string): unknown[] {
    return this.events.flatMap(([, event, data]) => (event === name ? [data] : []));
  }

  async connected(): Promise<this> {
    this.client.connect();
    await awaited(() => this.client.state).toMatchObject({ status: "connected" });
    return this;
  }
}

/** What a page keeps in `sessionStorage`. */
export function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}
