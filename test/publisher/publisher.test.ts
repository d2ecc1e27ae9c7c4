import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPublisher, PublishError, type PublisherOptions } from "../../src/publisher/index.ts";
import { freePort } from "../cli/fake-service.ts";
import { fakeService, idsIn, KEY, problem, stored, type Told } from "./backend.ts";

const event = { event: "greeting", data: { text: "สวัสดี" }, to: { users: ["42"] } };

function publisherOf(url: string, more: Partial<PublisherOptions> = {}) {
  return createPublisher({ url, key: KEY, ...more });
}

async function failureOf(outcome: Promise<unknown>): Promise<PublishError> {
  try {
    await outcome;
  } catch (error) {
    if (error instanceof PublishError) return error;
    throw error;
  }
  throw new Error("It succeeded, although it should fail.");
}

// The least random there is, so that a test waits as little as a publisher may: 125 ms, then 250 ms.
beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a publisher", () => {
  test("posts an event with its key and tells what became of it", async () => {
    const service = await fakeService(stored);
    const result = await publisherOf(service.url).publish({ ...event, id: "e1", ttl: 60 });
    expect(result).toEqual({
      id: "e1",
      event: "greeting",
      targets: [{ channel: "user:42", status: "stored", offset: 1, connections: 0, duplicate: false }],
    });
    expect(service.asked).toHaveLength(1);
    expect(service.asked[0]).toMatchObject({
      method: "POST",
      path: "/publish",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    });
    expect(JSON.parse(service.asked[0]?.text ?? "")).toEqual({ ...event, id: "e1", ttl: 60 });
  });

  test.each(["", "/", "/mounted/below", "/mounted/below/"])(
    "keeps the path %s of its address",
    async (path) => {
      const service = await fakeService(stored);
      await publisherOf(service.url + path).publish(event);
      expect(service.asked[0]?.path).toBe(`${path.replace(/\/$/, "")}/publish`);
    },
  );

  test("posts a batch in one request and tells of each in order", async () => {
    const service = await fakeService(stored);
    const results = await publisherOf(service.url).publishBatch([
      { ...event, id: "e1" },
      event,
      { ...event, id: "e3" },
    ]);
    expect(service.asked).toHaveLength(1);
    expect(results.map(({ id }) => id)).toEqual(["e1", expect.stringMatching(/^[0-9a-f-]{36}$/), "e3"]);
  });

  test("asks nothing for an empty batch", async () => {
    const service = await fakeService(stored);
    expect(await publisherOf(service.url).publishBatch([])).toEqual([]);
    expect(service.asked).toEqual([]);
  });

  test("makes up an id for each event that has none", async () => {
    const service = await fakeService(stored);
    const publisher = publisherOf(service.url);
    const ids = [await publisher.publish(event), await publisher.publish(event)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(service.asked.flatMap(idsIn)).toEqual(ids);
  });

  test("may be given something else to post with", async () => {
    const asked: unknown[] = [];
    const publisher = createPublisher({
      url: "https://carillon.example/api",
      key: KEY,
      fetch: async (url, { method, redirect, body }) => {
        asked.push([url, method, redirect]);
        const [id] = idsIn({ text: body });
        return new Response(JSON.stringify({ results: [{ id, event: "greeting", targets: [] }] }));
      },
    });
    expect((await publisher.publish(event)).targets).toEqual([]);
    expect(asked).toEqual([["https://carillon.example/api/publish", "POST", "manual"]]);
  });

  test.each<[string, Partial<PublisherOptions>]>([
    ["an address that is none", { url: "carillon.example" }],
    ["an address of another kind", { url: "wss://carillon.example" }],
    ["an address with a user's name in it", { url: "https://name:secret@carillon.example" }],
    ["no key", { key: "" }],
    ["a key with a line break", { key: `${KEY}\n` }],
    ["a key with letters that no header can carry", { key: "กุญแจของผู้เผยแพร่" }],
  ])("is not made with %s, and the key not repeated", (_, options) => {
    const make = () => publisherOf("https://carillon.example", options);
    expect(make).toThrow(TypeError);
    expect(make).not.toThrow(options.key || KEY);
  });
});

describe("a try that may be repeated", () => {
  test.each<[string, Told]>([
    ["503 with a code", problem(503, "overloaded")],
    ["500 with a code", problem(500, "internal")],
    ["429 that asks for no time", problem(429, "rate_limited", { headers: { "Retry-After": "0" } })],
    ["a proxy's 502", { status: 502, body: "<html>Bad gateway</html>" }],
    ["a proxy's 504", { status: 504, body: "" }],
    ["a connection that breaks", "break off"],
    ["an answer that breaks", "break off in the middle"],
  ])("is repeated as it was, id and all, after %s", async (_, told) => {
    const service = await fakeService((asked, count) => (count < 3 ? told : stored(asked)));
    const { id } = await publisherOf(service.url).publish(event);
    expect(service.asked).toHaveLength(3);
    expect(new Set(service.asked.map(({ text }) => text)).size).toBe(1);
    expect(service.asked.flatMap(idsIn)).toEqual([id, id, id]);
  });

  test("is repeated after no answer came in time", async () => {
    const service = await fakeService((asked, count) => (count === 1 ? "keep silent" : stored(asked)));
    const { id } = await publisherOf(service.url, { timeout: 200 }).publish(event);
    expect(service.asked.flatMap(idsIn)).toEqual([id, id]);
  });

  test("is given up after as many as are allowed, with the ids for a later one", async () => {
    const service = await fakeService(() => problem(503, "unavailable", { detail: "It is away." }));
    const failure = await failureOf(
      publisherOf(service.url, { attempts: 2 }).publishBatch([event, { ...event, id: "e2" }]),
    );
    expect(service.asked).toHaveLength(2);
    expect(failure).toMatchObject({
      name: "PublishError",
      message: "The service refused with 503 unavailable: It is away.",
      code: "unavailable",
      status: 503,
      detail: "It is away.",
      issues: [],
      retryable: true,
      ids: service.asked[0] && idsIn(service.asked[0]),
    });
    expect(failure.ids[1]).toBe("e2");
  });

  test("is not waited for where the service asks for longer than a call should last", async () => {
    const service = await fakeService(() =>
      problem(429, "rate_limited", { headers: { "Retry-After": "3600" } }),
    );
    const failure = await failureOf(publisherOf(service.url).publish(event));
    expect(failure).toMatchObject({ code: "rate_limited", status: 429, retryable: true, retryAfter: 3600 });
    expect(service.asked).toHaveLength(1);
  });

  test("waits for as long as the service asks", async () => {
    const service = await fakeService((asked, count) =>
      count === 1 ? problem(503, "unavailable", { headers: { "Retry-After": "1" } }) : stored(asked),
    );
    const began = performance.now();
    await publisherOf(service.url).publish(event);
    expect(performance.now() - began).toBeGreaterThan(990);
  });

  test("is unreachable where nothing listens", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const failure = await failureOf(publisherOf(url, { attempts: 2 }).publish(event));
    expect(failure).toMatchObject({ code: "unreachable", status: undefined, retryable: true });
    expect(failure.message).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/publish did not answer: connect ECONNREFUSED /,
    );
  });

  test("has timed out where nothing answers", async () => {
    const service = await fakeService(() => "keep silent");
    const failure = await failureOf(publisherOf(service.url, { timeout: 50, attempts: 1 }).publish(event));
    expect(failure).toMatchObject({ code: "timed_out", retryable: true });
    expect(failure.detail).toBe(`${service.url}/publish did not answer: nothing came within 50 ms.`);
  });
});

describe("a refusal", () => {
  test("is told with its code and issues, and not repeated", async () => {
    const issues = [{ path: "to.users.0", message: "A user id is a text." }];
    const service = await fakeService(() =>
      problem(422, "invalid_body", { detail: "It does not fit.", issues }),
    );
    const failure = await failureOf(publisherOf(service.url).publish({ ...event, id: "e1" }));
    expect(failure).toMatchObject({
      message: "The service refused with 422 invalid_body: It does not fit.",
      code: "invalid_body",
      status: 422,
      detail: "It does not fit.",
      issues,
      retryable: false,
      ids: ["e1"],
    });
    expect(service.asked).toHaveLength(1);
  });

  test.each<[string, Told]>([
    ["a page", { status: 404, body: "<html>Not found</html>" }],
    ["another service's answer", { status: 200, body: '{"ok":true}' }],
    ["no JSON", { status: 200, body: "ok" }],
    ["nothing", { status: 204, body: "" }],
    ["results that are no list", { status: 200, body: '{"results":{}}' }],
    ["results without targets", { status: 200, body: '{"results":[{"id":"e","event":"x"}]}' }],
    [
      "a target of another form",
      { status: 200, body: '{"results":[{"id":"e","event":"x","targets":[{}]}]}' },
    ],
    ["fewer results than events", { status: 200, body: '{"results":[]}' }],
    ["a redirect", { status: 307, body: "", headers: { Location: "https://elsewhere.example/publish" } }],
  ])("is what is not Carillon: %s", async (_, told) => {
    const service = await fakeService(() => told);
    const publisher = publisherOf(service.url);
    for (const outcome of [publisher.publish(event), publisher.publishBatch([event])]) {
      expect(await failureOf(outcome)).toMatchObject({ code: "not_carillon", retryable: false });
    }
    expect(service.asked).toHaveLength(2);
  });

  test("may have a code that is not known yet", async () => {
    const service = await fakeService(() => problem(418, "of_a_later_version", { detail: "Later." }));
    expect(await failureOf(publisherOf(service.url).publish(event))).toMatchObject({
      code: "of_a_later_version",
      retryable: false,
    });
  });

  test("never repeats the key, whoever tells it", async () => {
    const service = await fakeService(() =>
      problem(401, "unauthorized", { detail: `No ${KEY}.`, issues: [{ path: KEY, message: KEY }] }),
    );
    const broken = async () => {
      throw new TypeError("fetch failed", { cause: new Error(`The header "Bearer ${KEY}" is odd.`) });
    };
    const failures = [
      await failureOf(publisherOf(service.url).publish(event)),
      await failureOf(publisherOf(service.url, { fetch: broken, attempts: 1 }).publish(event)),
    ];
    expect(failures.map(({ code }) => code)).toEqual(["unauthorized", "unreachable"]);
    for (const failure of failures) {
      expect(JSON.stringify([failure.message, failure.stack, failure.cause, failure])).not.toContain(KEY);
      expect(failure.message).toContain("•••");
    }
  });

  test("is what JSON cannot say, before anything is asked", async () => {
    const service = await fakeService(stored);
    const data: Record<string, unknown> = {};
    data.itself = data;
    await expect(publisherOf(service.url).publish({ ...event, data })).rejects.toThrow(TypeError);
    expect(service.asked).toEqual([]);
  });
});

describe("a signal", () => {
  test("that is aborted already lets nothing be asked", async () => {
    const service = await fakeService(stored);
    const signal = AbortSignal.abort(new Error("Not now."));
    await expect(publisherOf(service.url).publish(event, { signal })).rejects.toThrow("Not now.");
    expect(service.asked).toEqual([]);
  });

  test("ends a try that is under way", async () => {
    const stop = new AbortController();
    const service = await fakeService(() => {
      stop.abort(new Error("Enough."));
      return "keep silent";
    });
    await expect(publisherOf(service.url).publish(event, { signal: stop.signal })).rejects.toThrow("Enough.");
    expect(service.asked).toHaveLength(1);
  });

  test("ends the waiting for the next", async () => {
    const stop = new AbortController();
    const service = await fakeService(() =>
      problem(503, "unavailable", { headers: { "Retry-After": "30" } }),
    );
    const outcome = publisherOf(service.url).publish(event, { signal: stop.signal });
    await vi.waitFor(() => expect(service.asked, "the first try was awaited").toHaveLength(1));
    stop.abort(new Error("Enough."));
    await expect(outcome).rejects.toThrow("Enough.");
    expect(service.asked).toHaveLength(1);
  });
});
