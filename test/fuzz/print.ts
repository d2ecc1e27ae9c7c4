/** Writes a case for people: its bytes as text where they are text, else in hexadecimal. */
export function printed(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? readable(part) : part));
}

function readable(bytes: Uint8Array): { readonly text: string } | { readonly hex: string } {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { hex: Buffer.from(bytes).toString("hex") };
  }
}
