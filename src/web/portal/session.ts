import * as z from "zod/mini";
import { isLanguage, type Language } from "./languages.ts";
import type { Person, Scenario } from "./people.ts";
import { recall, remember } from "./remember.ts";
import { askService } from "./service.ts";

/** Who is signed in at this window, and how they prove it. */
export interface Session {
  readonly user: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly tenants: readonly string[];
  readonly language: Language;
  /** The story that the person belongs to; nothing for who came with a token of their own. */
  readonly scenario?: Scenario | undefined;
  /** The token that was pasted, where the service hands none out. */
  readonly token?: string | undefined;
}

const KEY = "carillon-portal-session";

const stored = z.object({
  user: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  tenants: z.array(z.string()),
  language: z.enum(["en", "th", "vi"]),
  scenario: z.optional(z.enum(["certification", "shop", "exams", "clinic", "licensing", "operation"])),
  token: z.optional(z.string()),
});

/** What a token says of its user; the service alone decides whether that is true. */
const claims = z.object({
  sub: z.optional(z.string()),
  userId: z.optional(z.string()),
  name: z.optional(z.string()),
  role: z.optional(z.string()),
  roles: z.optional(z.array(z.string())),
  tenants: z.optional(z.array(z.union([z.string(), z.number()]))),
  locale: z.optional(z.string()),
});

/** The session of this window: another window may be somebody else. */
export function rememberedSession(): Session | undefined {
  try {
    const text = recall("window", KEY);
    return text === undefined ? undefined : stored.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function rememberSession(session: Session | undefined): void {
  remember("window", KEY, session && JSON.stringify(session));
}

export function sessionOf({ id, name, roles, tenants, language }: Person, scenario: Scenario): Session {
  return { user: id, name, roles, tenants, language, scenario };
}

/**
 * The session of who brings a token of their own.
 *
 * @param language where the token names none.
 * @returns nothing where the text is no token.
 */
export function sessionOfToken(token: string, language: Language): Session | undefined {
  const [, body = ""] = token.trim().split(".");
  try {
    const bytes = Uint8Array.from(atob(body.replaceAll("-", "+").replaceAll("_", "/")), (one) =>
      one.charCodeAt(0),
    );
    const said = claims.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const user = said.userId ?? said.sub;
    if (user === undefined) return undefined;
    const roles = (said.roles ?? (said.role === undefined ? [] : [said.role])).map((role) =>
      role.toLowerCase(),
    );
    const locale = said.locale?.slice(0, 2);
    return {
      ...{ user, name: said.name ?? user, roles, tenants: (said.tenants ?? []).map(String) },
      ...{ language: isLanguage(locale) ? locale : language, token: token.trim() },
    };
  } catch {
    return undefined;
  }
}

const issued = z.object({ token: z.string() });

/** A token for this session: the one that was brought, or a new one of the demo's. */
export async function tokenFor(session: Session): Promise<string> {
  if (session.token !== undefined) return session.token;
  const { user, name, roles, tenants, language } = session;
  const body = { userId: user, name, roles, tenants, locale: language };
  return (await askService(issued, "/dev/token", { method: "POST", body })).token;
}
