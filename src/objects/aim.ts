import { z } from "zod";
import { type Identity, role, userId } from "../auth/identity.ts";

/**
 * Which of a target's listeners an entry is for. `only` keeps those who match every field that it names (a field
 * matches when any of its values does); `except` leaves out a user, or the device that caused the event.
 */
export const aimSchema = z.strictObject({
  only: z
    .strictObject({
      users: z.array(userId).max(1000).exactOptional(),
      roles: z.array(role).max(50).exactOptional(),
      tenants: z.array(z.string().min(1).max(128)).max(200).exactOptional(),
    })
    .exactOptional(),
  except: z
    .strictObject({ user: userId.exactOptional(), client: z.string().min(1).max(64).exactOptional() })
    .exactOptional(),
});

/**
 * As it is kept: `any` names those whom an event reaches by who they are; who matches none of it any more, having lost
 * a role say, does not see the event any more.
 */
export const keptAimSchema = aimSchema.extend({
  any: z.strictObject({ roles: z.array(z.string()), tenants: z.array(z.string()) }).exactOptional(),
  /** The device of the user who published it by a frame: to that one alone it is not sent. */
  from: z.strictObject({ user: z.string(), client: z.string() }).exactOptional(),
});

export type Aim = z.output<typeof keptAimSchema>;

/** Who looks at a log: the identity of a connection as it is now, and its device. */
export interface Viewer {
  readonly identity: Identity;
  readonly client: string;
}

/** What an aim asks of somebody. */
interface Aimed {
  readonly identity: Pick<Identity, "userId" | "roles" | "tenants">;
  readonly client: string;
}

/** Whether an entry with this aim is meant for this viewer. */
export function isMeantFor(aim: Aim | undefined, { identity, client }: Aimed): boolean {
  if (!aim) return true;
  const { only, except, any, from } = aim;
  if (from && from.user === identity.userId && from.client === client) return false;
  if (except?.user !== undefined && except.user === identity.userId) return false;
  if (except?.client !== undefined && except.client === client) return false;
  if (only?.users && !only.users.includes(identity.userId)) return false;
  if (only?.roles && !only.roles.some((role) => identity.roles.includes(role))) return false;
  if (only?.tenants && !only.tenants.some((tenant) => identity.tenants.includes(tenant))) return false;
  if (any && !matchesAny(any, identity)) return false;
  return true;
}

/** Whether somebody has one of the roles, or belongs to one of the tenants. */
export function matchesAny(
  { roles, tenants }: { readonly roles: readonly string[]; readonly tenants: readonly string[] },
  identity: Pick<Identity, "roles" | "tenants">,
): boolean {
  return (
    roles.some((role) => identity.roles.includes(role)) ||
    tenants.some((tenant) => identity.tenants.includes(tenant))
  );
}
