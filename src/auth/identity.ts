import { z } from "zod";
import type { Settings } from "../config/settings.ts";
import { exceedsBytes } from "../protocol/json.ts";

/** A user id may be any string of 1 to 128 characters without control characters. */
export const userId = z
  .string()
  .min(1)
  .max(128)
  .refine((id) => !/\p{Cc}/u.test(id), "A user id has no control characters.")
  .refine((id) => id.isWellFormed(), "A user id is well-formed text.");

/** Roles are lower-cased on the way in, so that `DTAM_ADMIN` and `dtam_admin` are one role. */
export const role = z
  .string()
  .min(1)
  .max(64)
  .transform((name) => name.toLowerCase());

const roles = z.array(role).max(50);
const tenants = z.array(z.string().min(1).max(128)).max(200);
const grants = z.array(z.string().min(1).max(200)).max(100);

/**
 * Who is connected, as the credential said it or the backend has said since.
 *
 * `tenants` are the organisations the user belongs to (clinics, shops …); `grants` are channel patterns that the
 * credential allows beside the rules of `src/config/channels.ts`; `claimed` is what the credential said where the
 * backend's word counts instead, should that be taken back; `expiresAt` (ms since 1970) is when the session ends;
 * `issuedAt` (ms) is when the credential was issued, 0 if it did not say.
 */
export const identitySchema = z.object({
  userId,
  roles,
  tenants,
  name: z.string().max(200).optional(),
  email: z.string().max(320).optional(),
  locale: z.string().max(35).optional(),
  grants,
  claimed: z
    .object({
      roles: roles.exactOptional(),
      tenants: tenants.exactOptional(),
      grants: grants.exactOptional(),
    })
    .exactOptional(),
  issuedAt: z.number(),
  expiresAt: z.number(),
});

export type Identity = z.output<typeof identitySchema>;

/** Whether a socket can remember this identity across hibernation: its JSON takes at most `MAX_IDENTITY_BYTES`. */
export function identityFits(
  identity: Identity,
  { MAX_IDENTITY_BYTES }: Pick<Settings, "MAX_IDENTITY_BYTES">,
): boolean {
  return !exceedsBytes(JSON.stringify(identity), MAX_IDENTITY_BYTES);
}
