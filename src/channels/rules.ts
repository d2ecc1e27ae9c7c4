import type { z } from "zod";
import type { Identity } from "../auth/identity.ts";
import type { ClientEvent, ClientEvents, PresenceRule } from "./client-events.ts";
import { ChannelPattern, type Params, type ParamsOf } from "./pattern.ts";

/** Decides whether an identity may follow a channel whose name gave these parameters. */
export type MayFollow<Name extends string = string> = (
  identity: Identity,
  params: Readonly<Record<Name, string>>,
) => boolean;

/** How much a room's log keeps: the newest `events`, none older than `days`. */
export interface History {
  readonly events: number;
  readonly days: number;
}

/** Belongs to the user whose id stands at `{userId}`; lives in that user's object; always followed. */
export interface PersonalRule<Pattern extends string = string> {
  readonly kind: "personal";
  readonly pattern: ChannelPattern<Pattern>;
  readonly mayFollow: MayFollow;
}

/** Shared; clients subscribe and leave; lives in an object of its own. */
export interface RoomRule<Pattern extends string = string> {
  readonly kind: "room";
  readonly pattern: ChannelPattern<Pattern>;
  readonly mayFollow: MayFollow;
  readonly history: History;
  readonly events: ClientEvents;
  /** Absent where a room does not tell who is there. */
  readonly presence: PresenceRule | undefined;
}

/** What decides to which audiences somebody belongs. */
export type Membership = Pick<Identity, "userId" | "roles" | "tenants" | "grants">;

/**
 * Reaches everyone who belongs to it, online now or later; always followed; served by the audience's objects. Its events
 * arrive in the user's own log, under the audience's name.
 */
export interface AudienceRule<Pattern extends string = string> {
  readonly kind: "audience";
  readonly pattern: ChannelPattern<Pattern>;
  readonly mayFollow: (member: Membership, params: Params) => boolean;
}

export type ChannelRule<Pattern extends string = string> =
  | PersonalRule<Pattern>
  | AudienceRule<Pattern>
  | RoomRule<Pattern>;

/** A user's own channel. `follow` narrows it further, to a role say. */
export function personal<const Pattern extends string>(
  pattern: "userId" extends ParamsOf<Pattern> ? Pattern : never,
  options: { follow?: MayFollow<ParamsOf<Pattern>> } = {},
): PersonalRule<Pattern> {
  const follow: MayFollow = options.follow ?? anyone;
  return {
    kind: "personal",
    pattern: new ChannelPattern(pattern),
    mayFollow: (identity, params) => params.userId === identity.userId && follow(identity, params),
  };
}

/**
 * A channel for all who match, such as the holders of a role.
 *
 * @example audience("admin:payments", { match: anyRole("admin", "dtam_admin") })
 */
export function audience<const Pattern extends string>(
  pattern: Pattern,
  options: { match: (member: Membership, params: Readonly<Record<ParamsOf<Pattern>, string>>) => boolean },
): AudienceRule<Pattern> {
  return { kind: "audience", pattern: new ChannelPattern(pattern), mayFollow: options.match };
}

/**
 * A shared room.
 *
 * `events` names what clients may publish to it by themselves, `presence` says that it tells who is there: each member
 * by name up to `full` of them (200), above that only how many.
 *
 * @example room("clinic:{tenant}:queue", { follow: sameTenant, events: { typing }, presence: { full: 50 } })
 */
export function room<const Pattern extends string>(
  pattern: Pattern,
  options: {
    follow: MayFollow<ParamsOf<Pattern>>;
    history?: Partial<History>;
    events?: ClientEvents;
    presence?: Partial<PresenceRule>;
  },
): RoomRule<Pattern> {
  const { follow, history, events = {}, presence } = options;
  return {
    kind: "room",
    pattern: new ChannelPattern(pattern),
    mayFollow: follow,
    history: { events: 1000, days: 7, ...history },
    events,
    presence: presence && { full: 200, ...presence },
  };
}

/**
 * An event that clients may publish: what its data is, whether it is stored (it is not unless `store` says so), who of
 * the room's followers may publish it (all unless `publish` narrows it), and with `ends` that it lasts: the data that
 * says that it is over, which the room publishes for a client that says nothing more of it for `TYPING_SECONDS`.
 *
 * @example clientEvent(z.object({ text: z.string().max(500) }), { store: true, publish: anyRole("nurse") })
 */
export function clientEvent<Schema extends z.ZodType>(
  schema: Schema,
  options: { store?: boolean; publish?: MayFollow; ends?: z.output<Schema> } = {},
): ClientEvent & { readonly schema: Schema } {
  const { store = false, publish = anyone, ends } = options;
  return { schema, store, mayPublish: publish, ends: ends === undefined ? undefined : JSON.stringify(ends) };
}

/** Anyone who is signed in. */
export const anyone = (): boolean => true;

/** Holders of one of these roles, in lower case. */
export function anyRole(...roles: readonly Lowercase<string>[]): (member: Membership) => boolean {
  return (member) => roles.some((role) => member.roles.includes(role));
}

/** Holders of the role that stands at `{role}`. */
export function sameRole(member: Membership, { role }: Readonly<Record<"role", string>>): boolean {
  return member.roles.includes(role);
}

/** People of the organisation that stands at `{tenant}`. */
export function sameTenant(member: Membership, { tenant }: Readonly<Record<"tenant", string>>): boolean {
  return member.tenants.includes(tenant);
}

/** A channel's name as the rules understand it. */
export interface Channel {
  /** The one form of the name that stands for this channel. */
  readonly name: string;
  readonly rule: ChannelRule;
  readonly params: Params;
}

/** The rules in the order in which they are tried. */
export interface ChannelRules<Pattern extends string = string> {
  readonly rules: readonly ChannelRule<Pattern>[];
}

/** The patterns of a table of rules, as texts: what builders and routes are typed from. */
export type PatternsOf<Table> = Table extends ChannelRules<infer Pattern> ? Pattern : never;

/**
 * Puts the rules of `src/config/channels.ts` in the order in which they are tried: those without parameters
 * first, then the others as they stand.
 */
export function defineChannels<const Pattern extends string>(
  rules: readonly ChannelRule<Pattern>[],
): ChannelRules<Pattern> {
  const literals = rules.filter(({ pattern }) => pattern.isLiteral);
  return { rules: [...literals, ...rules.filter(({ pattern }) => !pattern.isLiteral)] };
}
