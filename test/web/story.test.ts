import { afterEach, describe, expect, it, vi } from "vitest";
import { Story } from "../../src/web/portal/story.ts";
import { memoryClient } from "../react/support/memory-client.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const entry = (offset: number) => ({
  ...{ channel: "user:ada", event: "order:updated", data: null, id: `e${offset}`, at: offset, offset },
});

/** What the service has of the log; each request waits until it is let go, and fails where it says so. */
function service() {
  const log: ReturnType<typeof entry>[] = [];
  const requests: { answer: (isWell?: boolean) => void }[] = [];
  vi.stubGlobal("fetch", () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    // As it stood when it was asked.
    const page = { events: [...log], position: { epoch: "a", offset: log.length }, more: false };
    const failure = () => new Response("gone", { status: 503 });
    requests.push({ answer: (isWell = true) => resolve(isWell ? Response.json(page) : failure()) });
    return promise;
  });
  const nth = (count: number) => vi.waitFor(() => requests[count] ?? expect.fail(`request ${count}`));
  return { log, requests, nth };
}

/** A story with its client; `tell` is an event that the service stores and pushes. */
function begin() {
  const { log, requests, nth } = service();
  const memory = memoryClient();
  const story = new Story(memory.client, async () => "token");
  const tell = () => {
    const event = entry(log.length + 1);
    log.push(event);
    memory.emit({ ...event, log: "user:ada" });
  };
  const shown = () => story.get().events.map(({ offset }) => offset);
  return { memory, story, requests, nth, tell, shown };
}

describe("the user's log on a page", () => {
  it("holds what it was read with and what has come meanwhile, once", async () => {
    const { nth, tell, shown, story } = begin();
    tell();
    const request = await nth(0);
    tell();
    request.answer();
    await vi.waitFor(() => expect(story.get().status).toBe("ready"));
    tell();
    expect(shown()).toEqual([1, 2, 3]);
  });

  it("is read again when the connection is back, where it could not be read", async () => {
    const { memory, nth, tell, shown, story } = begin();
    (await nth(0)).answer(false);
    await vi.waitFor(() => expect(story.get().status).toBe("failed"));
    tell();
    memory.setState({ status: "connected", over: "websocket", user: "ada", roles: [], since: 1 });
    (await nth(1)).answer();
    await vi.waitFor(() => expect(shown()).toEqual([1]));
    expect(story.get().status).toBe("ready");
  });

  it("loses nothing where it has to be read twice at once", async () => {
    const { memory, requests, nth, tell, shown, story } = begin();
    memory.happen("gap", { channel: "user:ada" });
    const first = await nth(0);
    expect(requests.length).toBe(1);
    first.answer();
    await vi.waitFor(() => expect(story.get().status).toBe("ready"));
    const second = await nth(1);
    tell();
    second.answer();
    await vi.waitFor(() => expect(shown()).toEqual([1]));
  });

  it("holds what is left where the beginning of the log is gone", async () => {
    const [floor, top] = [12, 20];
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (path: string) => {
      const query = new URL(path, "http://service").searchParams;
      asked.push(`${[...query.keys()][0]}`);
      const before = Number(query.get("before")?.split(".")[1] ?? 0);
      if (before === 0) {
        return Response.json({
          events: [],
          position: { epoch: "a", offset: top },
          recovered: false,
          more: false,
        });
      }
      const from = Math.max(floor + 1, before - 3);
      const events = Array.from({ length: before - from }, (_, at) => entry(from + at));
      const position = { epoch: "a", offset: from };
      return Response.json({ events, position, recovered: true, more: from > floor + 1 });
    });
    const story = new Story(memoryClient().client, async () => "token");
    await vi.waitFor(() => expect(story.get().status).toBe("ready"));
    expect(story.get().events.map(({ offset }) => offset)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
    expect(asked).toEqual(["since", "before", "before", "before"]);
  });

  it("holds the newest thousand, however long the page is open", async () => {
    const { memory, nth, shown, story } = begin();
    (await nth(0)).answer();
    await vi.waitFor(() => expect(story.get().status).toBe("ready"));
    for (let offset = 1; offset <= 1002; offset++) memory.emit({ ...entry(offset), log: "user:ada" });
    expect([shown().length, shown()[0], shown().at(-1)]).toEqual([1000, 3, 1002]);
  });

  it("is asked for no more by who has signed out", async () => {
    const asked: (string | undefined)[] = [];
    const { promise, resolve } = Promise.withResolvers<string>();
    vi.stubGlobal("fetch", async (_path: string, { signal }: RequestInit) => {
      asked.push(signal?.aborted ? "called off" : "asked");
      throw new Error("called off");
    });
    const story = new Story(memoryClient().client, () => promise);
    story.close();
    resolve("token");
    await vi.waitFor(() => expect(asked).toEqual(["called off"]));
    expect(story.get().events).toEqual([]);
  });
});
