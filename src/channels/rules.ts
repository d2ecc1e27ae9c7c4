import type { Identity } from "../auth/identity.ts";
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
export interface PersonalRule {
  readonly kind: "personal";
  readonly pattern: ChannelPattern;
  readonly mayFollow: MayFollow;
}

/** Shared; clients subscribe and leave; lives in an object of its own. */
export interface RoomRule {
  readonly kind: "room";
  readonly pattern: ChannelPattern;
  readonly mayFollow: MayFollow;
  readonly history: History;
}

export type ChannelRule = PersonalRule | RoomRule;

/** A user's own channel. `follow` narrows it further, to a role say. */
export function personal<const Pattern extends string>(
  pattern: "userId" extends ParamsOf<Pattern> ? Pattern : never,
  options: { follow?: MayFollow<ParamsOf<Pattern>> } = {},
): PersonalRule {
  const follow: MayFollow = options.follow ?? anyone;
  return {
    kind: "personal",
    pattern: new ChannelPattern(pattern),
    mayFollow: (identity, params) => params.userId === identity.userId && follow(identity, params),
  };
}

/** A shared room. */
export function room<const Pattern extends string>(
  pattern: Pattern,
  options: { follow: MayFollow<ParamsOf<Pattern>>; history?: Partial<History> },
): RoomRule {
  return {
    kind: "room",
    pattern: new ChannelPattern(pattern),
    mayFollow: options.follow,
    history: { events: 1000, days: 7, ...options.history },
  };
}

/** Anyone who is signed in. */
export const anyone: MayFollow = () => true;

/** People of the organisation that stands at `{tenant}`. */
export const sameTenant: MayFollow<"tenant"> = (identity, { tenant }) => identity.tenants.includes(tenant);

/** A channel's name as the rules understand it. */
export interface Channel {
  /** The one form of the name that stands for this channel. */
  readonly name: string;
  readonly rule: ChannelRule;
  readonly params: Params;
}

/** The rules in the order in which they are tried. */
export interface ChannelRules {
  readonly rules: readonly ChannelRule[];
}

/**
 * Puts the rules of `src/config/channels.ts` in the order in which they are tried: those without parameters
 * first, then the others as they stand.
 */
export function defineChannels(rules: readonly ChannelRule[]): ChannelRules {
  const literals = rules.filter(({ pattern }) => pattern.isLiteral);
  return { rules: [...literals, ...rules.filter(({ pattern }) => !pattern.isLiteral)] };
}
