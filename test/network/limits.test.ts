import { afterAll, beforeAll, expect, test } from "vitest";
import { Backend } from "../support/backend.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { userToken } from "../support/token.ts";

let service: Service;

beforeAll(async () => {
  service = await startService({ vars: { RATE_LIMITS: "on" } });
});
afterAll(() => service?.stop());

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** How an upgrade ends: greeted, or closed with a reason. */
async function outcomeOf(path: string, token: string): Promise<string> {
  const socket = await Socket.open(service.wsUrl + path, bearer(token));
  await socket.until(() => socket.frames.length > 0, "a greeting or a refusal");
  const [first] = socket.frames;
  if (first?.type === "close")
    expect(await socket.ended()).toEqual({ code: first.code, reason: first.reason });
  socket.drop();
  return first?.type === "close" ? `${first.code} ${first.reason}` : (first?.type ?? "nothing");
}

/** Upgrades one after the other until one is refused for its rate, at most so many. @returns how many were not. */
async function untilRefused(most: number, path: string, token: string): Promise<number> {
  for (let count = 0; count < most; count++) {
    if ((await outcomeOf(path, token)) === "1008 rate_limited") return count;
  }
  return most;
}

// The counts begin anew each ten seconds, so twice the limit may pass before one is refused.
test("one user opens connections too fast and is refused; another is not (C2)", async () => {
  const token = await userToken(service, { sub: "hasty" });
  // One device, which replaces its own connection each time.
  const count = await untilRefused(101, "/connect?client=tab", token);
  expect(count).toBeGreaterThanOrEqual(50);
  expect(count).toBeLessThan(101);
  expect(await outcomeOf("/connect", await userToken(service, { sub: "other" }))).toBe("welcome");
});

test("one address opens connections too fast and is refused, whoever it says it is", async () => {
  expect(await untilRefused(201, "/connect", "a.b.c")).toBeLessThan(201);
  expect(await untilRefused(2, "/connect", await userToken(service, { sub: "another" }))).toBeLessThan(2);
});

test("publishing goes on meanwhile", async () => {
  const backend = new Backend(service);
  expect(await backend.publish({ event: "one", to: { users: ["hasty"] } })).toMatchObject([
    { status: "stored" },
  ]);
});
