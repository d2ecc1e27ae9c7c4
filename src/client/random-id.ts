/** An id that nobody else makes up: 20 letters and digits. `crypto.randomUUID` is missing where a page is not secure. */
export function randomId(): string {
  const bytes = new Uint8Array(20);
  globalThis.crypto?.getRandomValues(bytes);
  // React Native has no such source; there an id need not be hard to guess, only seldom.
  return Array.from(bytes, (byte) => ((byte || Math.floor(Math.random() * 36)) % 36).toString(36)).join("");
}
