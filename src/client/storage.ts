import type { Position } from "../protocol/position.ts";
import { hasFields } from "./json.ts";

/** What the client keeps across a reload of the page. */
export interface Kept {
  /** The device. */
  readonly client: string;
  /** Whose the positions are, where that is known. */
  readonly user?: string | undefined;
  /** How far it has come in the user's log. */
  readonly own?: Position | undefined;
  /** And in each room that it follows. */
  readonly rooms?: Readonly<Record<string, Position>> | undefined;
}

export type KeyValueStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Where it is kept: `sessionStorage` unless said otherwise, so that each tab has its own. */
export class Keeper {
  readonly #storage: KeyValueStorage | undefined;
  readonly #key: string;
  #written: string | null = null;

  constructor(given: KeyValueStorage | false | undefined, url: string) {
    this.#storage = given === undefined ? sessionStorageHere() : given || undefined;
    this.#key = `carillon:${url}`;
  }

  read(): Kept | undefined {
    try {
      this.#written = this.#storage?.getItem(this.#key) ?? null;
      const kept: unknown = JSON.parse(this.#written ?? "null");
      return isKept(kept) ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  write(kept: Kept): void {
    const text = JSON.stringify(kept);
    if (text === this.#written) return;
    this.#written = text;
    try {
      this.#storage?.setItem(this.#key, text);
    } catch {
      // A storage that is full keeps nothing: after a reload the page starts at the top.
    }
  }
}

function sessionStorageHere(): KeyValueStorage | undefined {
  try {
    return typeof document === "undefined" ? undefined : globalThis.sessionStorage;
  } catch {
    // A page in a sandbox may not even look.
    return undefined;
  }
}

/** It was written by this file; what anybody else wrote there has no client. */
function isKept(value: unknown): value is Kept {
  return hasFields(value, "client") && typeof value.client === "string";
}
