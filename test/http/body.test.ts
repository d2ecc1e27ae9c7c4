import { describe, expect, test } from "vitest";
import { readJson } from "../../src/http/body.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { refusalOf } from "../auth/refused.ts";

const LIMIT = 100;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A POST whose body comes in these pieces, without a length. */
function streamed(...pieces: Uint8Array[]): Request {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  return new Request("https://carillon.test/publish", { method: "POST", body });
}

function whole(body: BodyInit | null): Request {
  return new Request("https://carillon.test/publish", { method: "POST", body });
}

/** JSON of exactly so many bytes. */
const jsonOf = (size: number) => JSON.stringify("x".repeat(size - 2));

describe("a body", () => {
  test.each<[string, Request, unknown]>([
    ["JSON", whole('{"a":[1,"ก"]}'), { a: [1, "ก"] }],
    ["JSON with a byte order mark", whole("\ufeff[]"), []],
    ["JSON in pieces that split a character", streamed(bytes('"ก"').slice(0, 2), bytes('"ก"').slice(2)), "ก"],
    ["nothing", whole(null), undefined],
    ["an empty text", whole(""), undefined],
    ["blanks", whole(" \r\n\t"), undefined],
    ["a stream without pieces", streamed(), undefined],
    ["null", whole("null"), null],
    ["as large as allowed", whole(jsonOf(LIMIT)), "x".repeat(LIMIT - 2)],
    [
      "as large as allowed, in pieces",
      streamed(bytes(jsonOf(LIMIT)).slice(0, 50), bytes(jsonOf(LIMIT)).slice(50)),
      "x".repeat(LIMIT - 2),
    ],
  ])("is read: %s", async (_, request, value) => {
    expect(await readJson(request, LIMIT)).toEqual(value);
  });

  test.each<[string, () => Request, ErrorCode]>([
    ["no JSON", () => whole("event=x"), "invalid_json"],
    ["half of it", () => whole('{"a":'), "invalid_json"],
    ["more than one value", () => whole("1 2"), "invalid_json"],
    ["NaN", () => whole("NaN"), "invalid_json"],
    ["not UTF-8", () => whole(new Uint8Array([0x22, 0xff, 0xfe, 0x22])), "invalid_encoding"],
    ["Latin-1", () => whole(new Uint8Array([0x22, 0xe9, 0x22])), "invalid_encoding"],
    ["overlong", () => whole(new Uint8Array([0x22, 0xc0, 0xaf, 0x22])), "invalid_encoding"],
    ["a surrogate in UTF-8", () => whole(new Uint8Array([0x22, 0xed, 0xa0, 0xbd, 0x22])), "invalid_encoding"],
    ["cut within a character", () => whole(bytes('"ก').slice(0, 3)), "invalid_encoding"],
    ["UTF-16", () => whole(new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])), "invalid_encoding"],
    ["one byte too large", () => whole(jsonOf(LIMIT + 1)), "body_too_large"],
    ["one byte too large, in pieces", () => streamed(bytes(jsonOf(LIMIT)), bytes(" ")), "body_too_large"],
  ])("is refused: %s", async (_, request, code) => {
    const refusal = await refusalOf(readJson(request(), LIMIT));
    expect(refusal.code).toBe(code);
  });

  test("that says it is too large is not read at all", async () => {
    const request = new Request("https://carillon.test/publish", {
      method: "POST",
      headers: { "Content-Length": "1000" },
      body: "{}",
    });
    expect((await refusalOf(readJson(request, LIMIT))).code).toBe("body_too_large");
    expect(request.bodyUsed).toBe(false);
  });

  test("without an end is let go when it is too large", async () => {
    let pulls = 0;
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls += 1;
        controller.enqueue(new Uint8Array(40).fill(32));
      },
      cancel() {
        isCancelled = true;
      },
    });
    const request = new Request("https://carillon.test/publish", { method: "POST", body });
    expect((await refusalOf(readJson(request, LIMIT))).code).toBe("body_too_large");
    expect(isCancelled).toBe(true);
    expect(pulls).toBeLessThan(10);
  });
});
