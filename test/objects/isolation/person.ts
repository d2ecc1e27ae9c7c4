import type { User } from "./cast.ts";

/** As whom somebody is known at some moment. */
export interface Person {
  readonly user: User;
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
  readonly grants: readonly string[];
}

/** What a token says beside whom it names. */
export interface Badge {
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
  readonly grants: readonly string[];
  /** Issued before anything that the backend says in a run, or after all of it. */
  readonly age: "old" | "fresh";
  /** Whether it ends when the clock is turned on. */
  readonly isBrief: boolean;
}

/** What the backend says of a user. */
export type Statement = { readonly [Field in "roles" | "tenants" | "grants"]?: readonly string[] };

/** Who shows a badge: of each field the backend's word counts, unless the badge is newer and says something itself. */
export function whoIs(user: User, { age, ...badge }: Badge, said: Statement | undefined): Person {
  const known = (field: keyof Statement) => {
    const word = said?.[field];
    return word && (age === "old" || badge[field].length === 0) ? word : badge[field];
  };
  return { user, roles: lowerCased(known("roles")), tenants: known("tenants"), grants: known("grants") };
}

/** Somebody of whom the backend has said something else. */
export function overruled({ user, roles, tenants, grants }: Person, said: Statement): Person {
  return {
    user,
    roles: lowerCased(said.roles ?? roles),
    tenants: said.tenants ?? tenants,
    grants: said.grants ?? grants,
  };
}

/** Whether two are the same to everybody. */
export function isSame(one: Omit<Person, "user">, other: Omit<Person, "user">): boolean {
  return keyOf(one) === keyOf(other);
}

function lowerCased(roles: readonly string[]): readonly string[] {
  return roles.map((role) => role.toLowerCase());
}

function keyOf({ roles, tenants, grants }: Omit<Person, "user">): string {
  return JSON.stringify([roles, tenants, grants].map((values) => [...new Set(values)].sort()));
}
