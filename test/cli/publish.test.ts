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

test("leaves out what was not said", async () => {
  const service = await fakeService(() => ({ status: 200, body: { results: [] } }));
  const argv = ["--user", "42", "--event", "greeting", "--url", service.url, "--key", "another-key"];
  expect(await execute(publish, argv, freshSurroundings())).toBe(0);
  expect(service.asked[0]?.body).toEqual({ event: "greeting", to: { users: ["42"] } });
  expect(service.asked[0]?.headers.authorization).toBe("Bearer another-key");
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
