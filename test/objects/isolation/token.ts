import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { settingsOf } from "../../../src/config/settings.ts";
import type { User } from "./cast.ts";
import { BRIEF } from "./clock.ts";
import type { Badge } from "./person.ts";

const HOUR = 3600;

/** A token as an identity provider would issue it: long ago, or after all that is said in a run. */
export function tokenOf(user: User, { roles, tenants, grants, age, isBrief }: Badge): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    ...{ sub: user, iat: age === "old" ? now - HOUR : now + HOUR },
    exp: now + (isBrief ? BRIEF / 1000 : 10 * HOUR),
    // A token that names only the user has none of these.
    ...(roles.length > 0 && { roles }),
    ...(tenants.length > 0 && { tenants }),
    ...(grants.length > 0 && { channels: grants }),
  };
  const [secret = ""] = settingsOf(env).JWT_SECRET;
  return new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
}
