import { describe, expect, it } from "vitest";
import type { Prepared } from "../../src/objects/audience-entry.ts";
import type { PublishedEvent } from "../../src/objects/publication.ts";
import {
  areSameFacets,
  changeStanding,
  type Facet,
  type FacetChange,
  facetKey,
  facetOf,
  isForStanding,
  newcomerStanding,
  type Standing,
} from "../../src/objects/standing.ts";
import { eventFor, notification } from "./shard.ts";

const NOW = 1000;

const facet = (roles: string[], until = 2000, more: Partial<Facet> = {}): Facet => ({
  roles,
  tenants: [],
  grants: [],
  until,
  ...more,
});
const seen = (...facets: Facet[]): FacetChange => ({ kind: "seen", facets });
const known = (...facets: Facet[]): Standing => ({ facets, versions: [] });
const nobody: Standing = { facets: [], versions: [] };

/** A change that counts from the offset 10, of somebody who has everything up to 4. */
const at = { upTo: 10, after: 4, now: NOW };

const rolesOf = ({ facets }: Pick<Standing, "facets">) => facets.map(({ roles }) => roles.join("+"));

describe("as whom a user is known", () => {
  it("is what a credential says, until it ends", () => {
    const identity = {
      ...{ userId: "42", roles: ["admin"], tenants: ["7"], grants: ["room:a"], issuedAt: 1 },
      expiresAt: 2000,
    };
    expect(facetOf(identity)).toEqual(facet(["admin"], 2000, { tenants: ["7"], grants: ["room:a"] }));
  });

  it.each([
    ["another order", facet(["a", "b"]), facet(["b", "a"]), true],
    ["another end", facet(["a"], 1), facet(["a"], 2), true],
    ["another role", facet(["a"]), facet(["b"]), false],
    ["another tenant", facet(["a"]), facet(["a"], 2000, { tenants: ["7"] }), false],
    ["another grant", facet(["a"]), facet(["a"], 2000, { grants: ["room:a"] }), false],
    ["a tenant of a role's name", facet(["a"]), facet([], 2000, { tenants: ["a"] }), false],
  ])("is the same with %s: %o, %o: %s", (_case, one, other, isSame) => {
    expect(facetKey(one) === facetKey(other)).toBe(isSame);
  });

  it.each<[string, Standing, FacetChange, string[]]>([
    ["is what the first credential says", nobody, seen(facet(["a"])), ["a"]],
    ["is what all of them say, the newest first", known(facet(["a"])), seen(facet(["b"])), ["b", "a"]],
    ["is told once of credentials alike", known(facet(["a"])), seen(facet(["a"], 3000)), ["a"]],
    [
      "is not what a credential says that has ended",
      known(facet(["a"], NOW), facet(["b"], NOW + 1)),
      seen(facet(["c"])),
      ["c", "b"],
    ],
    [
      "is what the backend says in place of everything",
      known(facet(["a"])),
      { kind: "set", facets: [facet(["b"])] },
      ["b"],
    ],
    [
      "is changed for each credential where the backend says some of it",
      known(facet(["a"], 2000, { tenants: ["7"] }), facet(["b"])),
      { kind: "changed", fields: { roles: ["c"] } },
      ["c", "c"],
    ],
    [
      "is told once where the change makes them alike",
      known(facet(["a"]), facet(["b"])),
      { kind: "changed", fields: { roles: ["c"] } },
      ["c"],
    ],
    [
      "is what the backend says of who was not known",
      nobody,
      { kind: "changed", fields: { roles: ["c"] } },
      ["c"],
    ],
  ])("%s", (_case, before, change, roles) => {
    expect(rolesOf(changeStanding(before, change, at))).toEqual(roles);
  });

  it("holds until the later end of credentials alike", () => {
    const { facets } = changeStanding(known(facet(["a"], 3000)), seen(facet(["a"], 2000)), at);
    expect(facets).toEqual([facet(["a"], 3000)]);
  });

  it("is told by the eight newest credentials that differ", () => {
    const many = Array.from({ length: 8 }, (_, index) => facet([`r${index}`]));
    const { facets } = changeStanding(known(...many), seen(facet(["new"])), at);
    expect(rolesOf({ facets })).toEqual(["new", "r0", "r1", "r2", "r3", "r4", "r5", "r6"]);
  });

  it("keeps what the backend does not say of a field", () => {
    const before = known(facet(["a"], 2000, { tenants: ["7"], grants: ["room:a"] }));
    const { facets } = changeStanding(before, { kind: "changed", fields: { tenants: [] } }, at);
    expect(facets).toEqual([facet(["a"], 2000, { grants: ["room:a"] })]);
  });
});

describe("two sets of what is known of a user", () => {
  it.each([
    ["are the same in another order", [facet(["a"]), facet(["b"])], [facet(["b"]), facet(["a"])], true],
    ["differ by a role", [facet(["a"])], [facet(["b"])], false],
    ["differ by an end", [facet(["a"], 1)], [facet(["a"], 2)], false],
    ["differ by one more", [facet(["a"])], [facet(["a"]), facet(["b"])], false],
  ])("%s", (_case, one, other, areSame) => {
    expect(areSameFacets(one, other)).toBe(areSame);
  });
});

describe("who a user was before", () => {
  it("counts up to the offset of the change", () => {
    expect(changeStanding(known(facet(["a"])), seen(facet(["b"])), at).versions).toEqual([
      { upTo: 10, facets: [facet(["a"])] },
    ]);
  });

  it("is not kept where nothing changed but the end of a credential", () => {
    expect(changeStanding(known(facet(["a"])), seen(facet(["a"], 9000)), at).versions).toEqual([]);
  });

  it("is not kept where the user has everything up to there", () => {
    expect(changeStanding(known(facet(["a"])), seen(facet(["b"])), { ...at, after: 10 }).versions).toEqual(
      [],
    );
  });

  it("is kept through several changes, as far back as there is something to be given", () => {
    const before: Standing = {
      facets: [facet(["c"])],
      versions: [
        { upTo: 4, facets: [facet(["a"])] },
        { upTo: 5, facets: [facet(["b"])] },
      ],
    };
    const { versions } = changeStanding(before, { kind: "set", facets: [facet(["d"])] }, at);
    expect(versions).toEqual([
      { upTo: 5, facets: [facet(["b"])] },
      { upTo: 10, facets: [facet(["c"])] },
    ]);
  });
});

/** An event that is for some, prepared as the audience's log has it. */
function forWhom(isFor: Prepared["isFor"], more: Partial<PublishedEvent> = {}): Prepared {
  return { isFor, given: { id: "id", at: 1, event: eventFor("a", more) } };
}

describe("who comes for the first time", () => {
  const newcomer = newcomerStanding({ facets: [facet(["now"])], versions: [] }, 10);
  const isFor = forWhom(({ roles }) => roles.includes("now"));
  const isNotified = forWhom(({ roles }) => roles.includes("now"), { notification });

  it.each([
    ["an event before they came", isFor, 10, false],
    ["an event since", isFor, 11, true],
    ["a notification before they came", isNotified, 10, true],
    ["a notification since", isNotified, 11, true],
    ["another's notification before they came", forWhom(() => false, { notification }), 10, false],
  ])("is given of %s what is for them as they are now: %s", (_case, entry, offset, isGiven) => {
    expect(isForStanding(entry, offset, "42", newcomer)).toBe(isGiven);
  });

  it("was known otherwise since where the backend has spoken of them before", () => {
    const later = { upTo: 12, facets: [facet(["said"])] };
    const { versions } = newcomerStanding({ facets: [facet(["now"])], versions: [later] }, 10);
    expect(versions).toEqual([{ upTo: 10, facets: [facet(["now"])], only: "notifications" }, later]);
  });
});

describe("an entry", () => {
  const standing: Standing = {
    facets: [facet(["now"]), facet(["also"])],
    versions: [
      { upTo: 5, facets: [facet(["first"])] },
      { upTo: 10, facets: [facet(["second"]), facet(["third"])] },
    ],
  };

  it.each([
    [1, ["first"]],
    [5, ["first"]],
    [6, ["second", "third"]],
    [10, ["second", "third"]],
    [11, ["now", "also"]],
  ])("at the offset %i is for who the user was then: %j", (offset, roles) => {
    const all = ["first", "second", "third", "now", "also"];
    const isFor = (role: string) =>
      isForStanding(
        forWhom((member) => member.roles.includes(role)),
        offset,
        "42",
        standing,
      );
    expect(all.filter(isFor)).toEqual(roles);
  });

  it("is not for somebody of two credentials who would need both of them", () => {
    const both = forWhom(({ roles }) => roles.includes("now") && roles.includes("also"));
    expect(isForStanding(both, 11, "42", standing)).toBe(false);
  });

  it("knows the user by id", () => {
    const named = (id: string) => forWhom(({ userId }) => userId === id);
    expect(isForStanding(named("42"), 11, "42", standing)).toBe(true);
    expect(isForStanding(named("43"), 11, "42", standing)).toBe(false);
  });
});
