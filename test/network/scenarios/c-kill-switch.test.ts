import { afterAll, beforeAll, expect, test } from "vitest";
import { Cast } from "./cast.ts";
import { event, notification } from "./heard.ts";

const mai = { sub: "mai", roles: ["student"], locale: "vi" };

let cast: Cast;

beforeAll(async () => {
  cast = await Cast.start({ REALTIME_ENABLED: "false" });
});
afterAll(() => cast?.stop());

test("C: the kill switch sends clients to polling, and nothing is lost", async () => {
  const token = await cast.token(mai);
  for (const path of ["/connect", "/rooms/room:toan-12/connect"]) {
    expect(await cast.knock(`${path}?token=${token}`)).toBe("1013 disabled");
  }
  const said = { type: "result", title: "Kết quả", message: "Bạn được 9 điểm" };
  const targets = await cast.publish([
    {
      id: "r-1",
      event: "exam:graded",
      to: { channels: ["notifications:user:mai", "room:toan-12"] },
      notification: said,
    },
    { id: "r-2", event: "exam:open", to: { channels: ["notifications:role:student"] }, notification: said },
  ]);
  for (const target of targets) expect(target).toMatchObject({ status: "stored", connections: 0 });
  const poll = async (path: string): Promise<unknown> => {
    const answer = await cast.askAs(mai, path);
    expect(answer.status).toBe(200);
    return JSON.parse(answer.text);
  };
  expect(await poll("/events?since=0.0")).toMatchObject({
    events: [
      event("notifications:user:mai", "exam:graded", null, "r-1"),
      notification("mai", said, null, "r-1"),
      event("notifications:role:student", "exam:open", null, "r-2"),
      notification("mai", said, null, "r-2"),
    ],
    recovered: true,
    more: false,
    pollAfter: 15_000,
  });
  expect(await poll("/rooms/room:toan-12/events?since=0.0")).toMatchObject({
    events: [event("room:toan-12", "exam:graded", null, "r-1")],
    pollAfter: 15_000,
  });
});
