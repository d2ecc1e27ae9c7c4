import type { Identity } from "../auth/identity.ts";
import { channels } from "../config/channels.ts";
import { CarillonError } from "../protocol/errors.ts";
import { parseName } from "./name.ts";
import { ChannelPattern, type Params } from "./pattern.ts";
import type { Channel, ChannelRule, ChannelRules, Membership, RoomRule } from "./rules.ts";

/**
 * Finds the rule that a channel's name falls under.
 *
 * @throws {CarillonError} `invalid_channel` or `unknown_channel`
 */
export function findChannel(name: string, { rules }: ChannelRules = channels): Channel {
  const segments = parseName(name);
  for (const rule of rules) {
    const params = rule.pattern.match(segments);
    if (!params) continue;
    // Building the name anew gives two spellings of one user or role the same name.
    const needsBuilding = rule.kind === "personal" || params.role !== undefined;
    return { name: needsBuilding ? rule.pattern.build(params) : segments.join(":"), rule, params };
  }
  throw new CarillonError("unknown_channel", "No rule of this service knows a channel of this form.");
}

/** Whether this identity may follow the channel now: by its rule, or, but for personal ones, by a granted pattern. */
export function mayFollow(identity: Identity, channel: Channel): boolean {
  if (channel.rule.kind === "audience") return belongsTo(identity, channel);
  if (channel.rule.mayFollow(identity, channel.params)) return true;
  return channel.rule.kind === "room" && isGranted(identity, channel.name);
}

/** Whether somebody belongs to the audience of a channel. */
export function belongsTo(member: Membership, { name, rule, params }: Channel): boolean {
  if (rule.kind !== "audience") return false;
  return rule.mayFollow(member, params) || isGranted(member, name);
}

/** Whether a name is that of a channel which an audience is reached by. */
export function isAudienceChannel(name: string): boolean {
  try {
    return findChannel(name).rule.kind === "audience";
  } catch (error) {
    if (error instanceof CarillonError) return false;
    throw error;
  }
}

/** Whether this identity may see events of a channel of that name now; nobody may where its rule is gone. */
export function maySee(identity: Identity, name: string): boolean {
  try {
    return mayFollow(identity, findChannel(name));
  } catch (error) {
    if (error instanceof CarillonError) return false;
    throw error;
  }
}

/**
 * Finds a room that this identity may follow.
 *
 * @throws {CarillonError} `invalid_channel`, `unknown_channel` or `forbidden`
 */
export function findRoomFor(identity: Identity, name: string): Channel & { readonly rule: RoomRule } {
  const channel = findChannel(name);
  if (!mayFollow(identity, channel)) {
    throw new CarillonError("forbidden", "This identity may not follow this channel.");
  }
  return findRoom(name);
}

/**
 * Finds a room, whoever asks.
 *
 * @throws {CarillonError} `invalid_channel`, `unknown_channel` or `forbidden`
 */
export function findRoom(name: string): Channel & { readonly rule: RoomRule } {
  const channel = findChannel(name);
  const { rule } = channel;
  if (rule.kind !== "room") throw new CarillonError("forbidden", "This channel is not a room.");
  return { ...channel, rule };
}

/** The rule of a room, or nothing where no rule knows it any more. */
export function roomRuleOf(room: string): RoomRule | undefined {
  try {
    const { rule } = findChannel(room);
    return rule.kind === "room" ? rule : undefined;
  } catch (error) {
    if (error instanceof CarillonError) return undefined;
    throw error;
  }
}

/**
 * The channels that follow from who the user is, personal ones first: personal and audience channels whose name needs
 * nothing but the user's id, a role or a tenant of theirs, and audience channels that a grant names.
 */
export function followedFromStart(identity: Identity, table: ChannelRules = channels): string[] {
  const namesOf = (kind: ChannelRule["kind"]) =>
    table.rules
      .filter((rule) => rule.kind === kind)
      .flatMap(({ pattern }) => valuesFor(pattern.params, identity).map((params) => pattern.build(params)));
  const granted = identity.grants.filter((grant) => !/[*{]/.test(grant));
  const followed = [...namesOf("personal"), ...namesOf("audience"), ...granted].filter((name) =>
    isAlwaysFollowed(identity, name, table),
  );
  return [...new Set(followed.map((name) => findChannel(name, table).name))];
}

/** Whether a name is that of a channel that this identity follows without asking. */
function isAlwaysFollowed(identity: Identity, name: string, table: ChannelRules): boolean {
  try {
    const channel = findChannel(name, table);
    return channel.rule.kind !== "room" && mayFollow(identity, channel);
  } catch (error) {
    // A grant may be any text.
    if (error instanceof CarillonError) return false;
    throw error;
  }
}

/** Every way in which an identity fills these parameters; none where one cannot be told from the identity. */
function valuesFor(names: readonly string[], { userId, roles, tenants }: Identity): Params[] {
  const known: Readonly<Record<string, readonly string[]>> = {
    userId: [userId],
    role: roles,
    tenant: tenants,
  };
  return names.reduce<Params[]>(
    (filled, name) =>
      filled.flatMap((params) =>
        (known[name] ?? [])
          .filter((value) => value.isWellFormed())
          .map((value) => ({ ...params, [name]: value })),
      ),
    [{}],
  );
}

/** The name of a user's log, which is also the channel that `to.users` reaches. */
export function userChannel(userId: string): string {
  return userPattern.build({ userId });
}

const userPattern = new ChannelPattern("user:{userId}");

function isGranted({ grants }: Membership, name: string): boolean {
  if (grants.length === 0) return false;
  const segments = name.split(":");
  return grants.some((grant) => new ChannelPattern(grant).match(segments) !== undefined);
}
