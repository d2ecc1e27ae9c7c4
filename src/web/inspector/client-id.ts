const KEY = "carillon.client";

/**
 * This tab's name for the server (`?client=`): the same after a reload, so that the new connection replaces the old
 * one. A duplicated tab copies the storage, and then the two replace each other, as two copies of a device would.
 */
export function clientId(): string {
  const kept = sessionStorage.getItem(KEY);
  if (kept !== null && /^[\w-]{1,64}$/.test(kept)) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  const made = `tab-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  sessionStorage.setItem(KEY, made);
  return made;
}
