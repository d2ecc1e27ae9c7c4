import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { app } from "../../src/http/app.ts";
import { answers } from "../../src/http/documentation/answers.ts";
import { documentedPath, openApi } from "../../src/http/documentation/openapi.ts";
import { type DocumentedRoute, routes } from "../../src/http/documentation/routes.ts";
import { failDeliveries, platformError } from "../delivery/faults.ts";
import { Platform } from "../delivery/platform.ts";
import { ask, clientParts, fresh, posted, publisher, tokenOf } from "./service.ts";

afterEach(() => vi.restoreAllMocks());

const keyOf = ({ method, path }: { method: string; path: string }) => `${method.toUpperCase()} ${path}`;

const shape = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        operationId: z.string(),
        parameters: z.array(z.looseObject({ name: z.string(), in: z.string() })).default([]),
        responses: z.record(z.string(), z.unknown()),
      }),
    ),
  ),
});
const document = shape.parse(openApi());
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe("the documentation", () => {
  test("has every route of the service, and no other", () => {
    const served = app.routes.filter(({ method, path }) => method !== "ALL" && path !== "*" && path !== "/*");
    expect(routes.map(keyOf).toSorted()).toEqual([...new Set(served.map(keyOf))].toSorted());
  });

  test("names each operation once, and every parameter of its path", () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(operations).toHaveLength(routes.length);
    for (const { path, operation } of operations) {
      const inPath = operation.parameters.flatMap((one) => (one.in === "path" ? one.name : []));
      expect(inPath, path).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(Object.keys(operation.responses), path).toEqual(expect.arrayContaining(["4XX", "5XX"]));
    }
  });

  test("refers to nothing that is not there", () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = ""]) => reference);
    expect(references.length).toBeGreaterThan(0);
    const missing = references.filter((reference) => reference !== "#/components/schemas/Problem");
    expect(missing).toEqual([]);
  });

  test("says of bodies what the service checks", () => {
    const text = JSON.stringify(document.paths["/publish"]);
    for (const field of ["notification", "collapseKey", "everyone", "ttl"]) {
      expect(text).toContain(`"${field}"`);
    }
    expect(text).toContain('"additionalProperties":false');
  });

  test("is served for programs", async () => {
    const response = await ask("/openapi.json");
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(shape.parse(await response.json())).toEqual(document);
  });

  test("is served for people, without a script", async () => {
    const response = await ask("/docs");
    const page = await response.text();
    expect(response.headers.get("Content-Type")).toContain("text/html");
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|undefined|\[object/);
    for (const { method, path } of routes) {
      expect(page).toContain(`${method.toUpperCase()} ${documentedPath(path)}`);
    }
  });
});

/** A request that succeeds, for each route. */
type Sample = () => Promise<{ readonly path: string; readonly init?: RequestInit }>;

async function user(roles: string[] = []): Promise<{ id: string; headers: Record<string, string> }> {
  const id = fresh("user");
  return { id, headers: { Authorization: `Bearer ${await tokenOf(id, { roles })}` } };
}

/** A user with one notification in the inbox. */
async function notified() {
  const { id, headers } = await user();
  const event = {
    ...{ id: fresh("id"), event: "greeting", to: { users: [id] }, data: { a: 1 } },
    notification: { type: "t", title: "T", message: "M", actionUrl: "/a", collapseKey: "k" },
  };
  await ask("/publish", posted(event, publisher));
  return { id, headers, notification: event.id };
}

async function deadLetter(): Promise<number> {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const platform = new Platform();
  const name = fresh("user");
  let isDead = true;
  failDeliveries((one) => {
    if (isDead && one === name) throw platformError("No answer.");
  });
  await platform.publish({ event: "paid", to: { users: [name] } });
  await platform.drain();
  isDead = false;
  const { deadLetters } = await platform.deadLetters("?limit=1");
  return deadLetters[0]?.id ?? 0;
}

const upgrade = (headers: Record<string, string>) => ({ headers: { Upgrade: "websocket", ...headers } });

const samples: Readonly<Record<string, Sample>> = {
  "GET /health": async () => ({ path: "/health" }),
  "GET /openapi.json": async () => ({ path: "/openapi.json" }),
  "GET /docs": async () => ({ path: "/docs" }),
  "GET /client.js": async () => ({ path: "/client.js" }),
  "GET /client/:part": async () => ({ path: (await clientParts())[0] ?? "" }),
  "GET /connect": async () => ({ path: "/connect?client=tab", init: upgrade((await user()).headers) }),
  "GET /rooms/:room/connect": async () => ({
    path: "/rooms/room%3Alobby/connect",
    init: upgrade((await user()).headers),
  }),
  "POST /publish": async () => ({
    path: "/publish",
    init: posted([{ event: "e", to: { users: [fresh("user")], channels: ["nobody:knows"] } }], publisher),
  }),
  "POST /auth/ticket": async () => ({
    path: "/auth/ticket",
    init: posted({ userId: fresh("user"), roles: ["nurse"] }, publisher),
  }),
  "GET /events": async () => {
    const { headers } = await notified();
    return { path: "/events?since=0.0&limit=10&client=tab", init: { headers } };
  },
  "GET /rooms/:room/events": async () => {
    const room = `room:${fresh("lobby")}`;
    await ask("/publish", posted({ event: "e", to: { channels: [room] } }, publisher));
    return { path: `/rooms/${encodeURIComponent(room)}/events?since=0.0`, init: await user() };
  },
  "GET /rooms/:room": async () => {
    const token = await tokenOf(fresh("user"), { tenants: ["7"] });
    return { path: "/rooms/clinic%3A7%3Aqueue", init: { headers: { Authorization: `Bearer ${token}` } } };
  },
  "GET /inbox": async () => ({ path: "/inbox?unread=true&archived=false&limit=5", init: await notified() }),
  "GET /inbox/counts": async () => ({ path: "/inbox/counts", init: await notified() }),
  "GET /inbox/:id": async () => {
    const { notification, headers } = await notified();
    return { path: `/inbox/${notification}?client=tab`, init: { headers } };
  },
  "POST /inbox/mark": async () => ({
    path: "/inbox/mark",
    init: posted({ as: "read", all: true, upTo: 9 }, (await notified()).headers),
  }),
  "DELETE /inbox/:id": async () => {
    const { notification, headers } = await notified();
    return { path: `/inbox/${notification}`, init: { method: "DELETE", headers } };
  },
  "DELETE /inbox": async () => {
    const { headers } = await notified();
    return { path: "/inbox?upTo=9", init: { method: "DELETE", headers } };
  },
  "GET /preferences": async () => ({ path: "/preferences", init: await user() }),
  "PUT /preferences": async () => {
    const { headers } = await user();
    const body = JSON.stringify({ types: { offer: { inbox: false } } });
    return { path: "/preferences", init: { method: "PUT", headers, body } };
  },
  "GET /presence": async () => ({
    path: `/presence?users=${fresh("user")},${fresh("user")}`,
    init: { headers: publisher },
  }),
  "GET /users/:id": async () => ({ path: `/users/${fresh("user")}`, init: { headers: publisher } }),
  "POST /users/:id/disconnect": async () => ({
    path: `/users/${fresh("user")}/disconnect`,
    init: posted("", publisher),
  }),
  "PUT /users/:id/identity": async () => {
    const body = JSON.stringify({ roles: ["nurse"] });
    return { path: `/users/${fresh("user")}/identity`, init: { method: "PUT", headers: publisher, body } };
  },
  "DELETE /users/:id/inbox/:notificationId": async () => {
    const { id, notification } = await notified();
    return {
      path: `/users/${id}/inbox/${notification}`,
      init: { method: "DELETE", headers: publisher },
    };
  },
  "GET /users/:id/events/:eventId": async () => {
    const { id, notification } = await notified();
    return { path: `/users/${id}/events/${notification}`, init: { headers: publisher } };
  },
  "GET /users/:id/export": async () => {
    const { id } = await notified();
    return { path: `/users/${id}/export`, init: { headers: publisher } };
  },
  "DELETE /users/:id": async () => {
    const { id } = await notified();
    return { path: `/users/${id}`, init: { headers: publisher } };
  },
  "GET /metrics": async () => ({ path: "/metrics", init: { headers: publisher } }),
  "GET /stats": async () => ({
    path: "/stats?probe=true&connections=true&limit=2&after=0.u",
    init: { headers: publisher },
  }),
  "GET /dead-letters": async () => {
    await deadLetter();
    return { path: "/dead-letters?limit=1", init: { headers: publisher } };
  },
  "POST /dead-letters/:id/retry": async () => ({
    path: `/dead-letters/${await deadLetter()}/retry`,
    init: { method: "POST", headers: publisher },
  }),
  "POST /dev/token": async () => ({ path: "/dev/token", init: posted({ userId: fresh("user") }) }),
  "POST /dev/publish": async () => ({
    path: "/dev/publish",
    init: posted({ event: "e", to: { users: [fresh("user")] } }),
  }),
};

describe("the service answers as documented", () => {
  test.each(routes.map((route) => [keyOf(route), route] as const))("%s", async (key, route) => {
    const sample = samples[key];
    if (!sample) throw new Error("Give a request that succeeds.");
    const { path, init = {} } = await sample();
    const { method } = route;
    const headers = new Headers(init.headers);
    const response = await ask(path, { ...init, method: method.toUpperCase(), headers });
    if (route.other === "upgrade") {
      response.webSocket?.accept();
      response.webSocket?.close();
      expect(response.status).toBe(101);
      return;
    }
    const text = await response.text();
    expect(response.status, text).toBe(200);
    if (route.answer) expect(problemsOf(route.answer, JSON.parse(text))).toEqual([]);
    for (const name of new URL(path, "https://x").searchParams.keys()) {
      expect(Object.keys(route.query ?? {}), "the query is documented").toContain(name);
    }
  });

  test.each(routes.filter(isGuarded).map((route) => [keyOf(route), route] as const))(
    "%s is refused without credentials",
    async (key, { method }) => {
      const { path, init = {} } = (await samples[key]?.()) ?? { path: "" };
      const headers = new Headers(init.headers);
      headers.delete("Authorization");
      headers.delete("Upgrade");
      const response = await ask(path, { ...init, method: method.toUpperCase(), headers });
      const body: unknown = await response.json();
      expect([response.status, problemsOf(answers.problem, body)]).toEqual([401, []]);
    },
  );
});

function isGuarded({ who }: DocumentedRoute): boolean {
  return who !== "anyone" && who !== "development";
}

function problemsOf(schema: z.ZodType, value: unknown): readonly string[] {
  const parsed = schema.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}
