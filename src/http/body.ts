import { CarillonError } from "../protocol/errors.ts";

/**
 * Reads a request's body as JSON, and no more of it than allowed.
 *
 * @param maxBytes the largest body.
 * @returns `undefined` for an empty body.
 * @throws {CarillonError} `body_too_large`, `invalid_encoding`, `invalid_json`, `invalid_request`
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const text = decodeUtf8(await readBytes(request, maxBytes));
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new CarillonError("invalid_json", "The body is not valid JSON.");
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array[]> {
  const tooLarge = () => new CarillonError("body_too_large", `A body has at most ${maxBytes} bytes.`);
  if (Number(request.headers.get("Content-Length") ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // The length that was announced may be missing or wrong, so what comes is counted.
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CarillonError) throw error;
    // The other side gave up: the runtime says so by an error of its own.
    throw new CarillonError("invalid_request", "The body ended early.");
  }
  return chunks;
}

function decodeUtf8(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  } catch {
    throw new CarillonError("invalid_encoding", "The body is not valid UTF-8.");
  }
}
