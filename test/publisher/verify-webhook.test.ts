import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { type ReceivedWebhook, verifyWebhook, type WebhookError } from "../../src/publisher/index.ts";

const SECRET = "a-secret-of-at-least-thirty-two-bytes";
const OTHER = "another-secret-of-at-least-32-bytes";
const NOW = 1_794_315_132_000;

const webhook = {
  ...{ id: "w1", event: "user.offline", at: 1_794_315_117_204 },
  ...{ source: "audience/2", epoch: "3f9a1c20", sequence: 118 },
  data: { userId: "สมชาย" },
};

function hmac(body: string, { secret = SECRET, time = NOW / 1000 } = {}): string {
  return createHmac("sha256", secret).update(`${time}.${body}`).digest("hex");
}

/** A webhook as it comes, with what a test has changed. */
function received(content: unknown = webhook, more: Partial<ReceivedWebhook> = {}): ReceivedWebhook {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  return { signature: `t=${NOW / 1000},v1=${hmac(body)}`, body, secret: SECRET, now: NOW, ...more };
}

/** The code of the error by which one is refused. */
async function refusal(one: ReceivedWebhook): Promise<string> {
  const error: WebhookError | undefined = await verifyWebhook(one).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error?.message ?? "").not.toContain(SECRET);
  return error?.code ?? "none";
}

describe("a webhook", () => {
  test.each([
    webhook,
    { ...webhook, event: "room.occupied", data: { room: "clinic:7:queue" } },
    { ...webhook, event: "notification.read", data: { userId: "42", ids: ["n1"] } },
    { ...webhook, event: "notification.read", data: { userId: "42", all: true, upTo: 7 } },
    { ...webhook, later: "a field that a later version tells" },
  ])("that is signed is read: %j", async (content) => {
    expect(await verifyWebhook(received(content))).toEqual(content);
    const body = new TextEncoder().encode(JSON.stringify(content));
    expect(await verifyWebhook(received(content, { body }))).toEqual(content);
  });

  test("is believed where one of its signatures is that of one of the secrets", async () => {
    const body = JSON.stringify(webhook);
    const signature = `t=${NOW / 1000}, v2=later, v1=${hmac(body, { secret: OTHER })}, v1=${hmac(body)}`;
    expect(await refusal(received(body, { signature }))).toBe("none");
    const rotated = received(body, { secret: [OTHER, SECRET] });
    expect(await refusal(rotated)).toBe("none");
  });

  test.each<[string | null | undefined]>([
    [undefined],
    [null],
    [""],
    ["nonsense"],
    [`t=${NOW / 1000}`],
    [`v1=${"0".repeat(64)}`],
    [`t=${NOW / 1000},v1=abc`],
    [`t=soon,v1=${"0".repeat(64)}`],
  ])("with the signature %j has none", async (signature) => {
    expect(await refusal(received(webhook, { signature }))).toBe("missing_signature");
  });

  test.each<[string, Partial<ReceivedWebhook>]>([
    ["body", { body: `${JSON.stringify(webhook)} ` }],
    ["secret", { secret: OTHER }],
    ["time", { signature: `t=${NOW / 1000 + 1},v1=${hmac(JSON.stringify(webhook))}` }],
    ["signature", { signature: `t=${NOW / 1000},v1=${"0".repeat(64)}` }],
  ])("with another %s is refused", async (_, more) => {
    expect(await refusal(received(webhook, more))).toBe("wrong_signature");
  });

  test.each([
    [299, "none"],
    [301, "expired"],
    [-299, "none"],
    [-301, "expired"],
  ])("that was signed %d s ago: %s", async (seconds, code) => {
    expect(await refusal(received(webhook, { now: NOW + seconds * 1000 }))).toBe(code);
  });

  test("counts for as long as it is told", async () => {
    expect(await refusal(received(webhook, { now: NOW + 20_000, tolerance: 10 }))).toBe("expired");
  });

  test.each<[unknown]>([
    ["no JSON"],
    [null],
    [[webhook]],
    [{ ...webhook, id: 1 }],
    [{ ...webhook, sequence: "118" }],
    [{ ...webhook, event: "user.moved" }],
    [{ ...webhook, data: { userId: 42 } }],
    [{ ...webhook, event: "room.vacated" }],
    [{ ...webhook, event: "notification.read", data: { userId: "42" } }],
    [{ ...webhook, event: "notification.read", data: { userId: "42", ids: [1] } }],
  ])("that says %j is none that is known", async (content) => {
    expect(await refusal(received(content))).toBe("invalid_body");
  });

  test.each([[""], [[]], [[SECRET, ""]]])("is not checked with the secret %j", async (secret) => {
    await expect(verifyWebhook(received(webhook, { secret }))).rejects.toThrow(TypeError);
  });
});

test("the receiver that docs/webhooks.md shows answers as it says", async () => {
  const page = await readFile("docs/webhooks.md", "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const publisher = pathToFileURL(resolve("src/publisher/index.ts")).href;
  const folder = await mkdtemp(join(tmpdir(), "carillon-receiver-"));
  try {
    const file = join(folder, "receiver.ts");
    await writeFile(file, code.replace("carillon/publisher", publisher));
    const module: { receive: (request: Request, secret: string) => Promise<Response> } = await import(
      pathToFileURL(file).href
    );
    const body = JSON.stringify({ ...webhook, event: "user.online" });
    const time = Math.floor(Date.now() / 1000);
    const post = (signature: string) =>
      new Request("https://backend.test/carillon", {
        ...{ method: "POST", body },
        headers: { "Carillon-Signature": signature },
      });
    const taken = await module.receive(post(`t=${time},v1=${hmac(body, { time })}`), SECRET);
    expect(taken.status).toBe(204);
    const refused = await module.receive(post(`t=${time},v1=${hmac(body)}`), SECRET);
    expect([refused.status, await refused.text()]).toEqual([400, "wrong_signature"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
