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
export function createKeeper(given: KeyValueStorage | false | undefined, url: string) {
  const key = `carillon:${url}`;
  const storage = () => (given === undefined ? sessionStorageHere() : given || undefined);
  let written: string | null | undefined;
  return {
    read(): Kept | undefined {
      try {
        written = storage()?.getItem(key);
        const kept: unknown = JSON.parse(written ?? "null");
        return isKept(kept) ? kept : undefined;
      } catch {
        return undefined;
      }
    },
    write(kept: Kept): void {
      const text = JSON.stringify(kept);
      if (text === written) return;
      written = text;
      try {
        storage()?.setItem(key, text);
      } catch {
        // A storage that is full keeps nothing: after a reload the page starts at the top.
      }
    },
  };
}

/** @throws {Error} where a page in a sandbox may not even look. */
function sessionStorageHere(): KeyValueStorage | undefined {
  return globalThis.document && globalThis.sessionStorage;
}

/** It was written by this file; what anybody else wrote there has no client. */
function isKept(value: unknown): value is Kept {
  return hasFields(value, "client") && typeof value.client === "string";
}
