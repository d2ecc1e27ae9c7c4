import type { JWTPayload } from "jose";
import type { Settings } from "../config/settings.ts";
import { CarillonError } from "../protocol/errors.ts";
import { type Identity, identityFits, identitySchema } from "./identity.ts";

/**
 * Who the claims of a verified token name, as the `CLAIM_*` settings map them. The first claim that is there counts
 * (`null` is not there), for tenants all of them. A value is a text or a whole number, or for roles, tenants and
 * channels a list of these.
 *
 * @param now ms since 1970; the session ends with `exp`, at most `SESSION_SECONDS` from now.
 * @throws {CarillonError} `unauthorized`, naming the claim that does not fit, never its value.
 */
export function identityFromClaims(claims: JWTPayload, settings: Settings, now: number): Identity {
  const [user] = present(claims, settings.CLAIM_USER);
  if (user === undefined) {
    const names = settings.CLAIM_USER.map((name) => `"${name}"`).join(" or ");
    throw new CarillonError("unauthorized", `The token says no user: the claim ${names} is missing.`);
  }
  const [roles] = present(claims, settings.CLAIM_ROLES);
  const tenants = present(claims, settings.CLAIM_TENANTS);
  const [channels] = present(claims, settings.CLAIM_CHANNELS);
  const [name] = present(claims, settings.CLAIM_NAME);
  const [email] = present(claims, settings.CLAIM_EMAIL);
  const [locale] = present(claims, settings.CLAIM_LOCALE);
  const sessionEnd = now + settings.SESSION_SECONDS * 1000;

  const parsed = identitySchema.safeParse({
    userId: text(claims[user]),
    roles: distinct(roles === undefined ? [] : texts(claims[roles]).map(lowerCased)),
    tenants: distinct(tenants.flatMap((claim) => texts(claims[claim]))),
    grants: distinct(channels === undefined ? [] : texts(claims[channels])),
    ...(name === undefined ? {} : { name: text(claims[name]) }),
    ...(email === undefined ? {} : { email: text(claims[email]) }),
    ...(locale === undefined ? {} : { locale: text(claims[locale]) }),
    issuedAt: claims.iat === undefined ? 0 : claims.iat * 1000,
    expiresAt: Math.min(endOf(claims, settings, now), sessionEnd),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const sources: Record<string, string | undefined> = {
      userId: user,
      roles,
      tenants: tenants.join('" or "'),
      grants: channels,
      name,
      email,
      locale,
      issuedAt: "iat",
      expiresAt: "exp",
    };
    const claim = sources[String(issue?.path[0])] ?? user;
    throw new CarillonError("unauthorized", `The claim "${claim}" does not fit: ${issue?.message ?? ""}`);
  }
  if (!identityFits(parsed.data, settings)) {
    const limit = settings.MAX_IDENTITY_BYTES;
    throw new CarillonError("unauthorized", `The token's claims take more than ${limit} bytes.`);
  }
  return parsed.data;
}

function present(claims: JWTPayload, names: readonly string[]): string[] {
  return names.filter((name) => Object.hasOwn(claims, name) && claims[name] !== null);
}

/** A whole number becomes text; beyond 2^53 two ids could read as one, so those are left for the schema to refuse. */
function text(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value;
}

function texts(value: unknown): unknown[] {
  return Array.isArray(value) ? value.map(text) : [text(value)];
}

function lowerCased(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Set(values)];
}

/** When the credential ends; one that has just ended still counts for the time that clocks may differ. */
function endOf({ exp }: JWTPayload, { JWT_CLOCK_TOLERANCE_SECONDS }: Settings, now: number): number {
  if (exp === undefined) return Number.POSITIVE_INFINITY;
  return exp * 1000 > now ? exp * 1000 : (exp + JWT_CLOCK_TOLERANCE_SECONDS) * 1000;
}
