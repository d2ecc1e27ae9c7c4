import { describe, expect, onTestFinished, test, vi } from "vitest";
import { deadLetterObject } from "../../src/objects/env.ts";
import { decodeWebhook, encodeWebhook, type WebhookParcel } from "../../src/objects/webhook-parcel.ts";
import { readSignature } from "../../src/protocol/webhook-signature.ts";
import { fresh } from "../http/service.ts";
import { FakeQueue, Platform } from "./platform.ts";

const SECRET = "s".repeat(32);

/** A service that sends webhooks to what a test answers in a receiver's place. */
function setUp(answer: (request: Request) => Response | Promise<Response>) {
  const sent: Request[] = [];
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    sent.push(request.clone());
    return answer(request);
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const webhooks = new FakeQueue("carillon-webhooks");
  const platform = new Platform({
    ...{ WEBHOOK_URL: "https://backend.test/hook", WEBHOOK_SECRET: SECRET, WEBHOOK_ATTEMPTS: "3" },
  });
  Object.assign(platform.env, { WEBHOOKS: webhooks });
  return { platform, webhooks, sent };
}

function parcelFor(user: string, more: Partial<WebhookParcel> = {}): WebhookParcel {
  const id = `user.online:5:${user}`;
  const body = JSON.stringify({ id, event: "user.online", data: { userId: user } });
  return { attempt: 1, id, event: "user.online", subject: `user:${user}`, body, ...more };
}

describe("a webhook in a queue", () => {
  test("is read as it was written", () => {
    const failure = { code: "unavailable", message: "The receiver answered 500." } as const;
    for (const parcel of [parcelFor("สมชาย\n"), parcelFor("b", { attempt: 3, failure })]) {
      expect(decodeWebhook(encodeWebhook(parcel))).toEqual(parcel);
    }
  });

  test.each([
    '{"version":1}\n',
    '{"webhook":2,"attempt":1}\n{}',
    '{"webhook":1,"attempt":0}\n{}',
    '{"webhook":',
    "",
  ])("is none where it says %j", (text) => {
    expect(decodeWebhook(new TextEncoder().encode(text))).toBeUndefined();
  });

  test.each([undefined, "text", { webhook: 1 }])("is none where the message is %j", (body) => {
    expect(decodeWebhook(body)).toBeUndefined();
  });
});

describe("a webhook that is consumed", () => {
  test.each([200, 202, 204, 299])("is done with when the receiver answers %d", async (status) => {
    const { platform, webhooks, sent } = setUp(() => new Response(null, { status }));
    const parcel = parcelFor(fresh("user"));
    await webhooks.send(encodeWebhook(parcel));
    await platform.consume(webhooks);
    expect([webhooks.waiting, platform.undeliverable.waiting]).toEqual([[], []]);
    expect(sent.map(({ method, url, redirect }) => [method, url, redirect])).toEqual([
      ["POST", "https://backend.test/hook", "manual"],
    ]);
    expect(await sent[0]?.text()).toBe(parcel.body);
    expect(readSignature(sent[0]?.headers.get("Carillon-Signature") ?? "")?.signatures).toHaveLength(1);
  });

  test.each<[string, () => Response, string]>([
    ["an error", () => new Response(null, { status: 500 }), "The receiver answered 500."],
    ["a refusal", () => new Response(null, { status: 410 }), "The receiver answered 410."],
    ["a redirect", () => Response.redirect("https://elsewhere.test"), "The receiver answered 302."],
    [
      "nothing",
      () => {
        throw new TypeError("SENSITIVE address");
      },
      "The receiver could not be reached.",
    ],
    [
      "nothing in time",
      () => {
        throw new DOMException("Late.", "TimeoutError");
      },
      "The receiver did not answer in time.",
    ],
  ])("is sent later and later after %s, and in the end is a dead letter", async (_, answer, reason) => {
    const { platform, webhooks, sent } = setUp(answer);
    const user = fresh("user");
    const parcel = parcelFor(user);
    await webhooks.send(encodeWebhook(parcel));
    const delays: number[] = [];
    while (webhooks.waiting.length > 0) {
      await platform.consume(webhooks);
      delays.push(...webhooks.waiting.map(({ delay }) => delay));
    }
    expect(sent).toHaveLength(3);
    expect(delays).toHaveLength(2);
    for (const [index, most] of [8, 15].entries()) expect(delays[index]).toBeLessThanOrEqual(most);
    await platform.consume(platform.undeliverable);
    const { deadLetters } = await platform.deadLetters("?limit=1");
    expect(deadLetters).toMatchObject([
      {
        ...{ code: "unavailable", reason, object: { kind: "webhook", name: `user:${user}` } },
        publications: [{ id: parcel.id, events: [{ channel: `user:${user}`, event: "user.online" }] }],
      },
    ]);
  });

  test("does not keep others of its batch waiting", async () => {
    const slow = Promise.withResolvers<Response>();
    const { platform, webhooks } = setUp(async (request) =>
      (await request.text()).includes("slow") ? slow.promise : new Response(),
    );
    const [first, second] = [parcelFor(fresh("slow")), parcelFor(fresh("quick"))];
    for (const parcel of [first, second]) await webhooks.send(encodeWebhook(parcel));
    const consuming = platform.consume(webhooks);
    await expect.poll(() => vi.mocked(fetch).mock.calls.length).toBe(2);
    slow.resolve(new Response());
    await consuming;
    expect(webhooks.waiting).toEqual([]);
  });

  test("comes again as a whole where it cannot be put back", async () => {
    const { platform, webhooks } = setUp(() => new Response(null, { status: 500 }));
    await webhooks.send(encodeWebhook(parcelFor(fresh("user"))));
    webhooks.refuse(1);
    await platform.consume(webhooks);
    expect(webhooks.waiting).toMatchObject([{ attempts: 2 }]);
  });

  test("fails while no address is set", async () => {
    const { platform, webhooks, sent } = setUp(() => new Response());
    Object.assign(platform.env, { WEBHOOK_URL: "" });
    await webhooks.send(encodeWebhook(parcelFor(fresh("user"))));
    await platform.consume(webhooks);
    expect(sent).toEqual([]);
    expect(webhooks.waiting.map(({ body }) => decodeWebhook(body))).toMatchObject([
      { attempt: 2, failure: { message: "WEBHOOK_URL is not set any more." } },
    ]);
  });
});

describe("a webhook that is a dead letter", () => {
  test("because its consumer died each time is kept, and goes with the user whom it is about", async () => {
    const { platform } = setUp(() => new Response());
    const [user, other] = [fresh("user"), fresh("user")];
    for (const one of [user, other]) await platform.undeliverable.send(encodeWebhook(parcelFor(one)));
    await platform.consume(platform.undeliverable);
    const names = async () =>
      (await platform.deadLetters("?limit=2")).deadLetters.map((one) => one.object?.name);
    expect(await names()).toEqual([`user:${other}`, `user:${user}`]);
    await deadLetterObject(platform.env).forgetUser(user);
    expect(await names()).not.toContain(`user:${user}`);
    expect(await names()).toContain(`user:${other}`);
  });
});
