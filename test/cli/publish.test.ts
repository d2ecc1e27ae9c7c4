import { expect, test } from "vitest";
import { execute } from "../../src/cli/command.ts";
import { publish } from "../../src/cli/publish.ts";
import { fakeService, freePort } from "./fake-service.ts";
import { freshSurroundings } from "./surroundings.ts";

const delivered = {
  channel: "user:42",
  status: "delivered",
  offset: 3,
  connections: 1,
  duplicate: false,
};

test("posts the event with the first publish key and tells of each target", async () => {
  const service = await fakeService(() => ({
    status: 200,
    body: {
      results: [
        {
          id: "pay_1",
          event: "greeting",
          targets: [
            delivered,
            { channel: "room:lobby", status: "stored", offset: 12, connections: 0, duplicate: true },
          ],
        },
      ],
    },
  }));
  const surroundings = freshSurroundings();
  const argv = ["--user", "42", "--channel", "room:lobby", "--event", "greeting", "--data", '{"a":1}'];
  expect(await execute(publish, [...argv, "--id", "pay_1", "--url", service.url], surroundings)).toBe(0);
  expect(service.asked).toMatchObject([
    {
      method: "POST",
      path: "/publish",
      headers: { authorization: "Bearer dev-only-key-of-the-example", "content-type": "application/json" },
      body: {
        id: "pay_1",
        event: "greeting",
        data: { a: 1 },
        to: { users: ["42"], channels: ["room:lobby"] },
      },
    },
  ]);
  expect(surroundings.printed).toEqual([
    "greeting  pay_1",
    "  user:42     delivered  offset 3, 1 connection",
    "  room:lobby  stored     offset 12, 0 connections, published before",
  ]);
});

const nobody = { status: 200, body: { results: [{ id: "e1", event: "greeting", targets: [] }] } };

test("leaves out what was not said, and makes up an id", async () => {
  const service = await fakeService(() => nobody);
  const argv = ["--user", "42", "--event", "greeting", "--url", service.url, "--key", "another-key"];
  expect(await execute(publish, argv, freshSurroundings())).toBe(0);
  expect(service.asked[0]?.body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    event: "greeting",
    to: { users: ["42"] },
  });
  expect(service.asked[0]?.headers.authorization).toBe("Bearer another-key");
});

test("says everything that an event may be, the notification too", async () => {
  const service = await fakeService(() => nobody);
  const argv = [
    ...["--user", "42", "--user", "43", "--role", "ADMIN", "--role", "auditor", "--tenant", "7"],
    ...["--channel", "announcements", "--everyone", "--event", "greeting", "--id", "e1", "--data", "null"],
    ...["--title", "Hello", "--message", "Hello to you", "--type", "welcome", "--action-url", "/start"],
  ];
  expect(await execute(publish, [...argv, "--url", service.url], freshSurroundings())).toBe(0);
  expect(service.asked[0]?.body).toEqual({
    id: "e1",
    event: "greeting",
    data: null,
    to: {
      users: ["42", "43"],
      roles: ["ADMIN", "auditor"],
      tenants: ["7"],
      channels: ["announcements"],
      everyone: true,
    },
    notification: { type: "welcome", title: "Hello", message: "Hello to you", actionUrl: "/start" },
  });
});

test("leaves it to the routing table whom an event is for, and shows what it became", async () => {
  const target = { ...delivered, id: "e1~farmer", event: "application:created" };
  const service = await fakeService(() => ({
    status: 200,
    body: {
      results: [
        {
          id: "e1",
          event: "application:created",
          targets: [
            target,
            {
              channel: "admin:applications",
              id: "e1~admins",
              event: "application:new",
              status: "queued",
              connections: 0,
              duplicate: false,
            },
          ],
        },
      ],
    },
  }));
  const surroundings = freshSurroundings();
  const argv = ["--event", "application:created", "--data", '{"farmerId":"42"}', "--id", "e1"];
  expect(await execute(publish, [...argv, "--url", service.url], surroundings)).toBe(0);
  expect(service.asked[0]?.body).toEqual({
    id: "e1",
    event: "application:created",
    data: { farmerId: "42" },
  });
  expect(surroundings.printed).toEqual([
    "application:created  e1",
    "  user:42             delivered  offset 3, 1 connection",
    "  admin:applications  queued     the service delivers it as soon as it can, as application:new",
  ]);
});

test("says so where the routing table makes nothing of an event", async () => {
  const service = await fakeService(() => nobody);
  const surroundings = freshSurroundings();
  expect(await execute(publish, ["--event", "greeting", "--url", service.url], surroundings)).toBe(0);
  expect(surroundings.printed).toEqual([
    "greeting  e1",
    "  nobody: the routing table makes nothing of this event",
  ]);
});

test.each([
  { name: "no event", argv: ["--user", "42"], says: "--event is missing." },
  { name: "data that is not JSON", argv: ["--event", "x", "--data", "hello"], says: "--data is not JSON" },
  { name: "a title alone", argv: ["--event", "x", "--title", "T"], says: "--message is missing." },
  { name: "a message alone", argv: ["--event", "x", "--message", "M"], says: "--title is missing." },
  { name: "a type alone", argv: ["--event", "x", "--type", "T"], says: "--title is missing." },
  {
    name: "a key that cannot be one",
    argv: ["--event", "x", "--key", "two words"],
    says: "key is the secret",
  },
  { name: "everyone named", argv: ["--event", "x", "--everyone=1"], says: "--everyone" },
])("is not called with $name", async ({ argv, says }) => {
  const surroundings = freshSurroundings();
  expect(await execute(publish, argv, surroundings)).toBe(2);
  expect(surroundings.complained.join()).toContain(says);
  expect(surroundings.complained.join()).not.toContain("two words");
});

test("tries again with the same event, and says how to go on by hand when it gives up", async () => {
  const service = await fakeService(() => ({
    status: 503,
    body: { code: "unavailable", detail: "The service could not be reached in time." },
  }));
  const surroundings = freshSurroundings();
  expect(await execute(publish, ["--event", "x", "--everyone", "--url", service.url], surroundings)).toBe(1);
  const bodies = service.asked.map(({ body }) => JSON.stringify(body));
  expect(bodies).toHaveLength(3);
  expect(new Set(bodies).size).toBe(1);
  const { id } = JSON.parse(bodies[0] ?? "") as { id: string };
  expect(surroundings.complained.join("\n").split("\n")).toEqual([
    "The service refused with 503 unavailable: The service could not be reached in time.",
    `It may succeed later; with --id ${id} it is still the same event.`,
  ]);
});

test("ends when it shall, and does not try again", async () => {
  const surroundings = freshSurroundings();
  const service = await fakeService(() => {
    surroundings.stopNow();
    return { status: 503, body: {} };
  });
  await expect(
    execute(publish, ["--event", "x", "--everyone", "--url", service.url], surroundings),
  ).rejects.toThrow();
  expect(service.asked).toHaveLength(1);
});

test("ends with 1 when a target failed", async () => {
  const failed = {
    channel: "room:lobby",
    status: "failed",
    code: "id_conflict",
    message: "The id was used before with other content.",
    connections: 0,
    duplicate: false,
  };
  const service = await fakeService(() => ({
    status: 200,
    body: { results: [{ id: "pay_1", event: "greeting", targets: [delivered, failed] }] },
  }));
  const surroundings = freshSurroundings();
  const argv = ["--user", "42", "--channel", "room:lobby", "--event", "greeting", "--url", service.url];
  expect(await execute(publish, argv, surroundings)).toBe(1);
  expect(surroundings.printed).toContain(
    "  room:lobby  failed     id_conflict, The id was used before with other content.",
  );
});

test("ends with 1 when the service refuses, and shows code, detail and issues", async () => {
  const service = await fakeService(() => ({
    status: 422,
    body: {
      type: "about:blank",
      title: "The body does not fit its schema.",
      status: 422,
      code: "invalid_body",
      detail: "One field is wrong.",
      issues: [{ path: "to.users.0", message: "A user id has at most 128 characters." }],
    },
  }));
  const surroundings = freshSurroundings();
  const argv = ["--user", "4".repeat(129), "--event", "greeting", "--url", service.url];
  expect(await execute(publish, argv, surroundings)).toBe(1);
  expect(surroundings.complained.join("\n").split("\n")).toEqual([
    "The service refused with 422 invalid_body: One field is wrong.",
    "  to.users.0: A user id has at most 128 characters.",
  ]);
  expect(surroundings.printed).toEqual([]);
});

test.each([
  { name: "no problem document", status: 502, body: "bad gateway", says: "answered with status 502" },
  {
    name: "another service's answer",
    status: 200,
    body: { hello: 1 },
    says: "This is not Carillon's answer",
  },
])("ends with 1 for $name", async ({ status, body, says }) => {
  const service = await fakeService(() => ({ status, body }));
  const surroundings = freshSurroundings();
  const argv = ["--user", "42", "--event", "greeting", "--url", service.url];
  expect(await execute(publish, argv, surroundings)).toBe(1);
  expect(surroundings.complained.join()).toContain(says);
});

test("ends with 1 when nothing is there, without the key in what it says", async () => {
  const surroundings = freshSurroundings();
  const argv = ["--user", "42", "--event", "greeting", "--url", `http://localhost:${await freePort()}`];
  expect(await execute(publish, argv, surroundings)).toBe(1);
  expect(surroundings.complained.join()).toMatch(/did not answer: connect ECONNREFUSED/);
  expect(surroundings.complained.join()).not.toContain("dev-only-key");
});
