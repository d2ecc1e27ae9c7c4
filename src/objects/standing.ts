import { z } from "zod";
import type { Identity } from "../auth/identity.ts";
import type { Prepared } from "./audience-entry.ts";

/** As whom a user is known to the audience: one for each credential that differs, until it ends. */
export const facetSchema = z.object({
  roles: z.array(z.string()),
  tenants: z.array(z.string()),
  grants: z.array(z.string()),
  /** When the credential ends (ms). */
  until: z.number(),
});

export type Facet = z.output<typeof facetSchema>;

/**
 * As whom a user was known up to an offset of the audience's log. Up to where a user comes in who has never come before,
 * it is `notifications` alone that are for them.
 */
export const versionSchema = z.object({
  upTo: z.number(),
  facets: z.array(facetSchema),
  only: z.literal("notifications").exactOptional(),
});

export type Version = z.output<typeof versionSchema>;

/** As whom a user was known when, so that a role counts from the moment it is gained. */
export interface Standing {
  readonly facets: readonly Facet[];
  /** What held before, oldest first; only as far back as the user has entries to be given. */
  readonly versions: readonly Version[];
}

/** What a user's object says of as whom the user is known. */
export type FacetChange =
  /** Somebody came with these credentials; what is known of others holds until they end. */
  | { readonly kind: "seen"; readonly facets: readonly Facet[] }
  /** The backend has said it: nothing else holds any more. */
  | { readonly kind: "set"; readonly facets: readonly Facet[] }
  /** The backend has said some of it, of a user who is away. */
  | { readonly kind: "changed"; readonly fields: Partial<Omit<Facet, "until">> };

/** Credentials that differ, at most: the oldest give way. */
const MAX_FACETS = 8;

export function facetOf({ roles, tenants, grants, expiresAt }: Identity): Facet {
  return { roles, tenants, grants, until: expiresAt };
}

/** Two facets with the same key make the same member. */
export function facetKey({ roles, tenants, grants }: Facet): string {
  return JSON.stringify([roles.toSorted(), tenants.toSorted(), grants.toSorted()]);
}

/** Whether two sets of facets are the same, each until the same time. */
export function areSameFacets(one: readonly Facet[], other: readonly Facet[]): boolean {
  const texts = (facets: readonly Facet[]) => facets.map((facet) => `${facet.until} ${facetKey(facet)}`);
  return texts(one).toSorted().join() === texts(other).toSorted().join();
}

/** Whether an entry at an offset is for a user, who was then known as this standing says. */
export function isForStanding(
  { isFor, given }: Prepared,
  offset: number,
  userId: string,
  { facets, versions }: Standing,
): boolean {
  const then = versions.find(({ upTo }) => offset <= upTo);
  if (then?.only && !given.event.notification) return false;
  return (then?.facets ?? facets).some((facet) => isFor({ userId, ...facet }));
}

/** The standing of who comes for the first time: of what came up to an offset, notifications alone are for them. */
export function newcomerStanding({ facets, versions }: Standing, upTo: number): Standing {
  const before: Version = { upTo, facets: [...facets], only: "notifications" };
  return { facets, versions: [before, ...versions.filter((version) => version.upTo > upTo)] };
}

/**
 * The standing after a change.
 *
 * @param upTo the offset up to which the old standing counts.
 * @param after what comes after it is still to be given; older versions are dropped.
 */
export function changeStanding(
  { facets, versions }: Standing,
  change: FacetChange,
  { upTo, after, now }: { upTo: number; after: number; now: number },
): Standing {
  const next = nextFacets(facets, change, now);
  const isSame = keysOf(next) === keysOf(facets);
  const all = isSame ? versions : [...versions, { upTo, facets: [...facets] }];
  return { facets: next, versions: all.filter((version) => version.upTo > after) };
}

function nextFacets(known: readonly Facet[], change: FacetChange, now: number): readonly Facet[] {
  switch (change.kind) {
    case "set":
      return distinct(change.facets);
    case "seen":
      return distinct([...change.facets, ...known.filter(({ until }) => until > now)]);
    case "changed": {
      const nobody: Facet = { roles: [], tenants: [], grants: [], until: Number.MAX_SAFE_INTEGER };
      const before = known.length > 0 ? known : [nobody];
      return distinct(before.map((facet) => ({ ...facet, ...change.fields })));
    }
  }
}

function distinct(facets: readonly Facet[]): Facet[] {
  const byKey = new Map<string, Facet>();
  for (const facet of facets) {
    const key = facetKey(facet);
    const until = Math.max(byKey.get(key)?.until ?? 0, facet.until);
    byKey.set(key, { ...facet, until });
  }
  return [...byKey.values()].slice(0, MAX_FACETS);
}

function keysOf(facets: readonly Facet[]): string {
  return facets.map(facetKey).toSorted().join();
}
