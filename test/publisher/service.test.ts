import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execute } from "../../src/cli/command.ts";
import { publish } from "../../src/cli/publish.ts";
import { createPublisher, PublishError, requireEveryTarget } from "../../src/publisher/index.ts";
import { freshSurroundings } from "../cli/surroundings.ts";
import { Backend, problemIn } from "../support/backend.ts";
import { type Service, startService } from "../support/service.ts";
import { Socket } from "../support/socket.ts";
import { userToken } from "../support/token.ts";

// The real service, over the network.

const HMAC_SECRET = "dev-only-secret-of-the-clinic";
const CLINIC_KEY = "dev-only-key-of-the-clinic";
const KEY = "dev-only-key-for-everything";

let service: Service;

beforeAll(async () => {
  service = await startService({
    vars: {
      PUBLISH_KEYS: `all:${KEY},clinic:${CLINIC_KEY}`,
      PUBLISH_KEY_LIMITS: '{"clinic":{"channels":["clinic:7:*","user:{userId}"],"events":["QUEUE_UPDATE"]}}',
      BROADCAST_ROLES: "DTAM_ADMIN",
      HMAC_TICKET_SECRET: `dev-only-newer-secret,${HMAC_SECRET}`,
    },
  });
});
afterAll(() => service?.stop());

const fresh = (prefix: string) => `${prefix}-${randomUUID().slice(0, 8)}`;

/** A ticket as the clinic's backend makes it. */
function hmacTicket(userId: string): string {
  const timestamp = Date.now();
  const signature = createHmac("sha256", HMAC_SECRET).update(`${userId}:${timestamp}`).digest("hex");
  return Buffer.from(JSON.stringify({ userId, timestamp, signature })).toString("base64");
}

/** A user's socket, opened with such a ticket. It is not encoded, as that backend leaves it. */
function signedIn(userId: string): Promise<Socket> {
  return Socket.greeted(`${service.wsUrl}/connect?token=${hmacTicket(userId)}`);
}

describe("a publisher", () => {
  test("reaches a user who came with the backend's own ticket, and is not doubled when it repeats itself", async () => {
    const user = fresh("user");
    const socket = await signedIn(user);
    const carillon = createPublisher({ url: service.url, key: KEY });
    const event = { id: fresh("e"), event: "greeting", data: { text: "สวัสดี" }, to: { users: [user] } };
    const first = requireEveryTarget(await carillon.publish(event));
    expect(first.targets).toEqual([
      { channel: `user:${user}`, status: "delivered", offset: 1, connections: 1, duplicate: false },
    ]);
    const again = requireEveryTarget(await carillon.publish(event));
    expect(again.targets).toMatchObject([{ offset: 1, duplicate: true }]);
    expect(await socket.next("event", "the greeting")).toMatchObject({ id: event.id, data: event.data });
    socket.drop();
  });

  test("leaves an event that the service knows to the routing table", async () => {
    const [user, id] = [fresh("applicant"), fresh("e")];
    const socket = await signedIn(user);
    const carillon = createPublisher({ url: service.url, key: KEY });
    const data = { applicantId: user, applicationId: "a1", applicationNumber: "A-1", status: "approved" };
    const { targets } = await carillon.publish({ id, event: "application:status-changed", data });
    expect(targets).toMatchObject([
      {
        id: expect.stringContaining(id),
        event: "application:status-changed",
        channel: `user:${user}`,
        status: "delivered",
      },
    ]);
    expect(await socket.next("event", "the new status")).toMatchObject({ data: { status: "approved" } });
    socket.drop();
  });

  test("of a batch is refused as a whole, with paths", async () => {
    const user = fresh("user");
    const carillon = createPublisher({ url: service.url, key: KEY });
    const to = { users: [user] };
    const outcome = carillon.publishBatch([
      { event: "greeting", to },
      { event: "not a name", to },
    ]);
    const error = await outcome.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PublishError);
    expect(error).toMatchObject({ code: "invalid_body", status: 422, retryable: false });
    expect(error).toHaveProperty("issues.0.path", "1.event");
    expect((await carillon.publish({ event: "greeting", to })).targets).toMatchObject([{ offset: 1 }]);
  });

  test("with a limited key reaches what it is for", async () => {
    const user = fresh("user");
    const carillon = createPublisher({ url: service.url, key: CLINIC_KEY });
    const to = { users: [user], channels: ["clinic:7:queue", "clinic:8:queue"], roles: ["nurse"] };
    const { targets } = await carillon.publish({ event: "QUEUE_UPDATE", to });
    expect(targets.map((target) => [target.channel, "code" in target ? target.code : target.status])).toEqual(
      [
        [`user:${user}`, "stored"],
        ["clinic:7:queue", "stored"],
        ["clinic:8:queue", "forbidden"],
        ["user:*", "forbidden"],
      ],
    );
    await expect(carillon.publish({ event: "CLINIC_ALERT", to })).rejects.toMatchObject({
      code: "forbidden",
      status: 403,
      issues: [{ path: "event", message: "This key is not for events of this name." }],
    });
  });
});

describe("a user's broadcast", () => {
  const post = async (roles: string[], body: object) => {
    const token = await userToken(service, { sub: fresh("user"), roles });
    return new Backend(service).post(JSON.stringify(body), { Authorization: `Bearer ${token}` });
  };
  const toAudience = {
    event: "ANNOUNCEMENT",
    data: { message: "Hear" },
    to: { channels: ["announcements"] },
  };

  test("is taken from who may, to audiences", async () => {
    expect((await post(["dtam_admin"], toAudience)).status).toBe(200);
    const beyond = await post(["dtam_admin"], { ...toAudience, to: { channels: ["clinic:7:queue"] } });
    expect(problemIn(beyond)).toMatchObject({ code: "forbidden", issues: [{ path: "to" }] });
  });

  test("is taken from who shows only who it is, where the backend has said the role", async () => {
    const user = fresh("user");
    const backend = new Backend(service);
    const broadcast = () =>
      backend.post(JSON.stringify(toAudience), { Authorization: `Bearer ${hmacTicket(user)}` });
    expect(problemIn(await broadcast()).code).toBe("forbidden");
    const said = await backend.ask(`/users/${user}/identity`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ roles: ["DTAM_ADMIN"] }),
    });
    expect(said.status).toBe(200);
    expect((await broadcast()).status).toBe(200);
  });

  test("is refused to who may not", async () => {
    expect(problemIn(await post(["farmer"], toAudience)).code).toBe("forbidden");
  });
});

describe("npm run publish", () => {
  const run = async (...argv: string[]) => {
    const surroundings = freshSurroundings();
    const code = await execute(publish, [...argv, "--url", service.url, "--key", KEY], surroundings);
    return { code, printed: surroundings.printed, complained: surroundings.complained.join("\n") };
  };

  test("tells of each target, and by its exit code whether all have the event", async () => {
    const user = fresh("user");
    const good = await run(
      "--user",
      user,
      "--event",
      "greeting",
      "--id",
      "e1",
      "--title",
      "T",
      "--message",
      "M",
    );
    expect(good).toEqual({
      code: 0,
      printed: ["greeting  e1", `  user:${user}  stored     offset 1, 0 connections`],
      complained: "",
    });
    const bad = await run("--user", user, "--channel", "no:such:channel:here", "--event", "greeting");
    expect(bad.code).toBe(1);
    expect(bad.printed.at(-1)).toMatch(/^ {2}no:such:channel:here {2}failed {5}unknown_channel, /);
  });

  test("shows what is wrong with the data of a known event", async () => {
    const { code, complained } = await run(
      "--event",
      "QUEUE_UPDATE",
      "--data",
      '{"clinicId":"7","waiting":-1}',
    );
    expect(code).toBe(1);
    expect(complained).toMatch(/^The service refused with 422 invalid_data: .*\n {2}data\.waiting: /);
  });
});
