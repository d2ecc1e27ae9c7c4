import { describe, expect, it } from "vitest";
import { type Aim, isMeantFor } from "../../src/objects/aim.ts";
import { select } from "../../src/objects/select.ts";

const viewer = {
  client: "tab",
  identity: {
    userId: "42",
    roles: ["admin", "auditor"],
    tenants: ["7"],
    grants: [],
    issuedAt: 0,
    expiresAt: 0,
  },
};

const entry = (offset: number, aim?: Aim, channel = "room:a") => ({
  offset,
  channel,
  aim,
  expires: undefined,
  frame: `{"offset":${offset}}`,
});

function told(page: Parameters<typeof select>[0], maySee = (_channel: string) => true) {
  const { frames, events } = select(page, "room:a", viewer, maySee);
  return { frames: frames.map((frame): unknown => JSON.parse(frame)), events };
}

const skip = (upTo: number) => ({ type: "skip", channel: "room:a", upTo });

describe("aim", () => {
  it.each<[string, Aim | undefined, boolean]>([
    ["nothing", undefined, true],
    ["only a user", { only: { users: ["42"] } }, true],
    ["only another user", { only: { users: ["43"] } }, false],
    ["only one of several roles", { only: { roles: ["farmer", "auditor"] } }, true],
    ["only another role", { only: { roles: ["farmer"] } }, false],
    ["only a tenant", { only: { tenants: ["7", "8"] } }, true],
    ["only another tenant", { only: { tenants: ["8"] } }, false],
    ["only a role and a tenant, both fitting", { only: { roles: ["admin"], tenants: ["7"] } }, true],
    ["only a role and a tenant, one fitting", { only: { roles: ["admin"], tenants: ["8"] } }, false],
    ["except the user", { except: { user: "42" } }, false],
    ["except another user", { except: { user: "43" } }, true],
    ["except the client", { except: { client: "tab" } }, false],
    ["except another client", { except: { client: "phone" } }, true],
  ])("with %s", (_case, aim, expected) => {
    expect(isMeantFor(aim, viewer)).toBe(expected);
  });
});

describe("select (F2, F9)", () => {
  const theirs: Aim = { only: { users: ["43"] } };

  it("sends events as they stand", () => {
    const page = { after: 0, upTo: 2, entries: [entry(1), entry(2)] };
    expect(told(page)).toEqual({ frames: [{ offset: 1 }, { offset: 2 }], events: 2 });
  });

  it("moves over what is withheld, once for each stretch, in its place", () => {
    const entries = [entry(1, theirs), entry(2, theirs), entry(3), entry(4, theirs), entry(5)];
    expect(told({ after: 0, upTo: 5, entries })).toEqual({
      frames: [skip(2), { offset: 3 }, skip(4), { offset: 5 }],
      events: 2,
    });
  });

  it("moves over what has expired, at the end too", () => {
    const page = { after: 2, upTo: 9, entries: [entry(5)] };
    expect(told(page)).toEqual({ frames: [skip(4), { offset: 5 }, skip(9)], events: 1 });
  });

  it("withholds channels that the viewer may not see now", () => {
    const page = { after: 0, upTo: 2, entries: [entry(1, undefined, "user:42:old"), entry(2)] };
    expect(told(page, (channel) => channel !== "user:42:old")).toEqual({
      frames: [skip(1), { offset: 2 }],
      events: 1,
    });
  });

  it("says nothing for an empty page", () => {
    expect(told({ after: 4, upTo: 4, entries: [] })).toEqual({ frames: [], events: 0 });
  });
});
