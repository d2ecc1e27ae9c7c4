import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { metrics } from "../../src/operation/metrics.ts";
import { Backend } from "../support/backend.ts";
import { type Exposed, lint, readExposition, total } from "../support/exposition.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { userToken } from "../support/token.ts";

/** A name that the compiler does not follow: the package has no types. */
const PARSER: string = "parse-prometheus-text-format";
const { default: parsePrometheus } = z
  .looseObject({ default: z.custom<(text: string) => unknown>((one) => typeof one === "function") })
  .parse(await import(/* @vite-ignore */ PARSER));

let service: Service;
let backend: Backend;

beforeAll(async () => {
  service = await startService();
  backend = new Backend(service);
});
afterAll(() => service?.stop());

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

async function scraped(): Promise<{ text: string; type: string | null; exposed: Exposed[] }> {
  const { status, headers, text } = await backend.ask("/metrics", { headers: bearer(service.publishKey) });
  if (status !== 200) throw new Error(text);
  return { text, type: headers.get("Content-Type"), exposed: readExposition(text) };
}

async function enter(user: string, since = ""): Promise<Socket> {
  const token = await userToken(service, { sub: user, roles: ["payments"] });
  return Socket.greeted(`${service.wsUrl}/connect?token=${token}${since}`);
}

/** What a parser that others wrote makes of it. */
const parsed = z.array(
  z.object({
    name: z.string(),
    help: z.string(),
    type: z.string(),
    metrics: z.array(z.looseObject({})).min(1),
  }),
);

describe("/metrics", () => {
  test("is Prometheus text, and shows what is published, opened, sent and refused", async () => {
    const before = (await scraped()).exposed;
    const socket = await enter("alice");
    const { epoch, offset } = socket.welcome.position;
    await backend.publish([
      { event: "first", to: { users: ["alice"] } },
      { event: "second", to: { users: ["alice", "nobody"] } },
      { id: "again", event: "third", to: { channels: ["room:lobby"] } },
    ]);
    await backend.publish({ id: "again", event: "third", to: { channels: ["room:lobby"] } });
    await backend.publish({ event: "news", to: { roles: ["payments"] } });
    await socket.next("event", "the news", ({ event }) => event === "news");
    await socket.follow("room:lobby");
    socket.send({ type: "unheard-of" });
    await socket.next("error", "the refusal of the frame");
    const resumed = await enter("alice", `&since=${epoch}.${offset}`);
    await resumed.next("live", "the end of the replay");
    await Socket.open(`${service.wsUrl}/connect?token=none`).then((refused) => refused.ended());
    const { status } = await backend.ask("/metrics", { headers: bearer("a-key-of-nobody") });
    expect(status).toBe(401);

    // The audience's member has answered when its event is there, or a moment later.
    const rise = async (series: string, labels: Record<string, string> = {}) =>
      total((await scraped()).exposed, series, labels) - total(before, series, labels);
    await expect.poll(() => rise("carillon_deliveries_total", { target: "audience" })).toBe(1);
    expect(await rise("carillon_deliveries_total", { target: "user" })).toBe(2);
    const published = "carillon_events_published_total";
    expect(await rise(published, { key: "tests", outcome: "delivered" })).toBe(2);
    // To nobody, to the empty room, and to an audience, which is not waited for.
    expect(await rise(published, { key: "tests", outcome: "stored" })).toBe(3);
    expect(await rise(published, { key: "tests", outcome: "duplicate" })).toBe(1);
    expect(await rise("carillon_upgrades_total", { outcome: "open" })).toBe(2);
    expect(await rise("carillon_upgrades_total", { outcome: "unauthorized" })).toBe(1);
    expect(await rise("carillon_refusals_total", { at: "http", code: "unauthorized" })).toBe(1);
    expect(await rise("carillon_refusals_total", { at: "frame", code: "unknown_type" })).toBe(1);
    expect(await rise("carillon_frames_received_total", { type: "subscribe" })).toBe(1);
    expect(await rise("carillon_frames_received_total", { type: "unknown" })).toBe(1);
    expect(await rise("carillon_replays_total", { outcome: "complete" })).toBe(1);
    expect(await rise("carillon_replayed_events_total")).toBe(3);
    expect(await rise("carillon_delivery_latency_seconds_count", { target: "user" })).toBe(2);
    expect(await rise("carillon_delivery_latency_seconds_count", { target: "audience" })).toBe(1);
    expect(await rise("carillon_users_online")).toBe(1);

    const { text, type, exposed } = await scraped();
    expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(lint(exposed)).toEqual([]);
    const read = parsed.parse(parsePrometheus(text));
    expect(read.map(({ name }) => name)).toEqual(exposed.map(({ name }) => name));
    expect(read.map((one) => one.type.toLowerCase())).toEqual(exposed.map((one) => one.type));
    expect(exposed.map(({ name }) => name).filter((name) => !Object.hasOwn(metrics, name))).toEqual([]);
    expect(text).not.toContain(service.publishKey);
    expect(text).not.toContain("alice");
    for (const one of [socket, resumed]) one.close();
  });

  test("is for operators", async () => {
    const token = await userToken(service, { sub: "bob" });
    expect((await backend.ask("/metrics", { headers: bearer(token) })).status).toBe(403);
    expect((await backend.ask("/metrics")).status).toBe(401);
  });
});
