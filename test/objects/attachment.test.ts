import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  type Attachment,
  eraseAttachment,
  readAttachment,
  writeAttachment,
} from "../../src/objects/attachment.ts";
import { fresh, Listener } from "./listener.ts";

const attachment: Attachment = {
  version: 1,
  connection: "c-1",
  client: "tab",
  identity: {
    userId: "42",
    roles: ["admin"],
    tenants: ["7"],
    grants: [],
    issuedAt: 1,
    expiresAt: 2,
    name: "สมชาย",
  },
  openedAt: 3,
  own: { state: "behind", at: 9 },
  start: 5,
  expiryTold: true,
  bucket: { tokens: 41.5, at: 8 },
  rooms: { "room:a": { state: "live", epoch: "e", at: 4 }, "room:b": { state: "behind", epoch: "f", at: 0 } },
  caller: { requestId: "r".repeat(64), address: "2001:db8::1".padEnd(45, "f"), agent: "a".repeat(160) },
  audience: { shard: 3, generation: 1_800_000_000_000, epoch: "g", at: 7 },
};

/** Runs a test with a socket that the runtime holds. */
async function withSocket(test: (ws: WebSocket) => void): Promise<void> {
  const user = fresh("user");
  await Listener.greeted({ user });
  await runInDurableObject(env.USERS.getByName(user), (_instance, ctx) => {
    const [ws] = ctx.getWebSockets();
    if (!ws) throw new Error("The object holds a socket.");
    test(ws);
  });
}

describe("what a socket remembers", () => {
  it("comes back as it was written", () =>
    withSocket((ws) => {
      writeAttachment(ws, attachment);
      expect(readAttachment(ws)).toEqual(attachment);
      const live: Attachment = { ...attachment, own: { state: "live" }, rooms: {} };
      writeAttachment(ws, live);
      expect(readAttachment(ws)).toEqual(live);
    }));

  it("fits what the platform keeps, at the largest that the settings allow", () =>
    withSocket((ws) => {
      const rooms = Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [
          `room:${index}`.padEnd(82, "x"),
          { state: "behind" as const, epoch: "abcdefghij", at: 900_000_000 + index },
        ]),
      );
      const names = Object.keys(rooms).reduce((sum, name) => sum + name.length, 0);
      expect(names).toBeGreaterThanOrEqual(8192);
      // Text of which each character takes two bytes, here and in UTF-8 alike.
      const identity = { ...attachment.identity, name: "é".repeat(1900) };
      const large: Attachment = { ...attachment, identity, rooms };
      writeAttachment(ws, large);
      expect(readAttachment(ws)).toEqual(large);
    }));

  it("is read as it was written before there was an audience", () =>
    withSocket((ws) => {
      writeAttachment(ws, attachment);
      const stored: unknown = ws.deserializeAttachment();
      if (!Array.isArray(stored)) throw new Error("An attachment is a list.");
      ws.serializeAttachment(stored.slice(0, 11));
      expect(readAttachment(ws)).toEqual({ ...attachment, audience: undefined, caller: undefined });
    }));

  it("is read as it was written before it told of the caller", () =>
    withSocket((ws) => {
      writeAttachment(ws, attachment);
      const stored: unknown = ws.deserializeAttachment();
      if (!Array.isArray(stored)) throw new Error("An attachment is a list.");
      ws.serializeAttachment(stored.slice(0, 12));
      expect(readAttachment(ws)).toEqual({ ...attachment, caller: undefined });
    }));

  it("is read as it was written where the audience does not know of the connection", () =>
    withSocket((ws) => {
      writeAttachment(ws, { ...attachment, audience: undefined });
      expect(readAttachment(ws)).toEqual({ ...attachment, audience: undefined });
    }));

  it("is nothing where it was erased, or written by code that we do not know", () =>
    withSocket((ws) => {
      eraseAttachment(ws);
      expect(readAttachment(ws)).toBeUndefined();
      ws.serializeAttachment({ version: 99 });
      expect(readAttachment(ws)).toBeUndefined();
    }));
});
