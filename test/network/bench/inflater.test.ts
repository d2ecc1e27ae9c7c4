import { constants, createDeflateRaw } from "node:zlib";
import { expect, test } from "vitest";
import { Inflater } from "../../bench/inflater.ts";

/** Packs texts as one connection of a server does: each leans on those before it, and its last four bytes are left out. */
async function packed(texts: readonly string[]): Promise<Buffer[]> {
  const deflate = createDeflateRaw();
  const chunks: Buffer[] = [];
  deflate.on("data", (chunk: Buffer) => chunks.push(chunk));
  const payloads: Buffer[] = [];
  for (const text of texts) {
    deflate.write(text);
    await new Promise<void>((done) => deflate.flush(constants.Z_SYNC_FLUSH, done));
    payloads.push(Buffer.concat(chunks.splice(0)).subarray(0, -4));
  }
  return payloads;
}

test("unpacks messages in order, each with the time at which it came", async () => {
  const texts = ["one ".repeat(100), "one ".repeat(100), "ü", "three".repeat(20_000)];
  const payloads = await packed(texts);
  const seen: [string, number][] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const inflater = new Inflater((payload, at) => {
    seen.push([payload.toString(), at]);
    if (seen.length === texts.length + 1) resolve();
  }, reject);
  // As the listeners have it: what is handed over is written over.
  const shared = Buffer.alloc(100_000);
  for (const [index, payload] of payloads.entries()) {
    payload.copy(shared);
    inflater.push(shared.subarray(0, payload.length), true, index);
  }
  inflater.push(Buffer.from("plain"), false, texts.length);
  await promise;
  expect(seen).toEqual([...texts, "plain"].map((text, index) => [text, index]));
  expect(payloads[1]?.length).toBeLessThan(payloads[0]?.length ?? 0);
  inflater.close();
});

test("tells what cannot be unpacked", async () => {
  const failed = Promise.withResolvers<Error>();
  const inflater = new Inflater(() => {}, failed.resolve);
  inflater.push(Buffer.from([0xff, 0xff, 0xff]), true, 0);
  expect((await failed.promise).message).toContain("invalid");
});
