import { describe, expect, it } from "vitest";
import type { Membership } from "../../src/channels/rules.ts";
import { prepare, readAudienceEvent, writeAudienceEvent } from "../../src/objects/audience-entry.ts";
import { EACH_USER, type PublishedEvent, type Reach } from "../../src/objects/publication.ts";
import { eventFor, notification } from "./shard.ts";

const member = (more: Partial<Membership> = {}): Membership => ({
  ...{ userId: "42", roles: [], tenants: [], grants: [] },
  ...more,
});

const framed = (event: PublishedEvent) => ({ frame: writeAudienceEvent(event, { id: "id", at: 5 }) });
const isFor = (event: PublishedEvent, who: Partial<Membership>) => prepare(framed(event)).isFor(member(who));

/** An event for whoever matches, wherever their channels are. */
const reaching = (reach: Partial<Reach>, more: Partial<PublishedEvent> = {}): PublishedEvent => ({
  ...{ channel: EACH_USER, event: "news", data: '{"n":1}', store: true },
  reach: { roles: [], tenants: [], everyone: false, besides: [], ...reach },
  ...more,
});

describe("an event in the audience's log", () => {
  it("is read as it was written", () => {
    const event = reaching(
      { roles: ["admin"], tenants: ["7"], besides: ["43"] },
      { aim: { only: { roles: ["a"] }, except: { client: "tab" } }, ttl: 60, notification },
    );
    expect(readAudienceEvent(writeAudienceEvent(event, { id: "id", at: 5 }))).toEqual({
      ...{ id: "id", at: 5, event },
    });
    const plain = eventFor("a");
    expect(readAudienceEvent(framed(plain).frame).event).toEqual(plain);
  });

  it.each([
    ["is no JSON", "{"],
    ["says nothing", "{}"],
    ["lacks its event", '{"id":"id","at":5}'],
  ])("is not taken for something where it %s", (_case, text) => {
    expect(() => readAudienceEvent(text)).toThrow();
  });

  it("is prepared once, however many ask", () => {
    const entry = framed(eventFor("a"));
    expect(prepare(entry)).toBe(prepare(entry));
  });
});

describe("an event on an audience's channel", () => {
  it.each<[string, PublishedEvent, Partial<Membership>, boolean]>([
    ["is for a member", eventFor("a"), { roles: ["a"] }, true],
    ["is for nobody else", eventFor("a"), { roles: ["b"] }, false],
    ["is for whom a grant lets in", eventFor("a"), { grants: ["notifications:role:*"] }, true],
    [
      "is kept from members whom only leaves out",
      eventFor("a", { aim: { only: { tenants: ["7"] } } }),
      { roles: ["a"] },
      false,
    ],
    [
      "is for members whom only names",
      eventFor("a", { aim: { only: { tenants: ["7"] } } }),
      { roles: ["a"], tenants: ["7"] },
      true,
    ],
    [
      "is kept from whom except names",
      eventFor("a", { aim: { except: { user: "42" } } }),
      { roles: ["a"] },
      false,
    ],
    [
      "is for who caused it on one device, for the others",
      eventFor("a", { aim: { except: { client: "tab" } } }),
      { roles: ["a"] },
      true,
    ],
    ["is for nobody where its rule is gone", eventFor("a", { channel: "gone:a" }), { roles: ["a"] }, false],
    [
      "is for nobody where its rule is of another kind now",
      eventFor("a", { channel: "room:a" }),
      { roles: ["a"] },
      false,
    ],
    ["is for nobody where it names nobody", eventFor("a", { channel: EACH_USER }), { roles: ["a"] }, false],
  ])("%s", (_case, event, who, isMeant) => {
    expect(isFor(event, who)).toBe(isMeant);
  });

  it("is given as it was published", () => {
    const event = eventFor("a", { aim: { only: { users: ["42"] } }, notification });
    expect(prepare(framed(event)).given).toEqual({ id: "id", at: 5, event });
  });
});

describe("an event for roles, tenants or everyone", () => {
  it.each<[string, PublishedEvent, Partial<Membership>, boolean]>([
    ["is for a holder of one of the roles", reaching({ roles: ["a", "b"] }), { roles: ["b"] }, true],
    ["is for somebody of one of the tenants", reaching({ tenants: ["7"] }), { tenants: ["7"] }, true],
    ["is for who has either", reaching({ roles: ["a"], tenants: ["7"] }), { tenants: ["7"] }, true],
    ["is for nobody else", reaching({ roles: ["a"], tenants: ["7"] }), { roles: ["7"] }, false],
    ["is for nobody where it names nobody", reaching({}), { roles: ["a"] }, false],
    ["is for everyone", reaching({ everyone: true }), {}, true],
    [
      "is kept from whom it was sent by name",
      reaching({ roles: ["a"], besides: ["42"] }),
      { roles: ["a"] },
      false,
    ],
    ["is kept from them though it is for everyone", reaching({ everyone: true, besides: ["42"] }), {}, false],
    [
      "is kept from whom only leaves out",
      reaching({ everyone: true }, { aim: { only: { roles: ["a"] } } }),
      { roles: ["b"] },
      false,
    ],
    [
      "is kept from whom except names",
      reaching({ everyone: true }, { aim: { except: { user: "42" } } }),
      {},
      false,
    ],
  ])("%s", (_case, event, who, isMeant) => {
    expect(isFor(event, who)).toBe(isMeant);
  });

  it("is given with whom it reaches, so that who has lost the role does not see it, and without names (F9)", () => {
    const event = reaching(
      { roles: ["a"], tenants: ["7"], besides: ["43"] },
      { aim: { only: { roles: ["b"] } } },
    );
    expect(prepare(framed(event)).given).toEqual({
      ...{ id: "id", at: 5 },
      event: {
        ...{ channel: EACH_USER, event: "news", data: '{"n":1}', store: true },
        aim: { only: { roles: ["b"] }, any: { roles: ["a"], tenants: ["7"] } },
      },
    });
  });

  it("is given without any of it where it is for everyone", () => {
    expect(prepare(framed(reaching({ everyone: true, roles: ["a"] }))).given.event).toEqual({
      ...{ channel: EACH_USER, event: "news", data: '{"n":1}', store: true },
    });
  });
});
