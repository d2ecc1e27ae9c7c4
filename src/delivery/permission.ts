import { findChannel } from "../channels/access.ts";
import { ChannelPattern } from "../channels/pattern.ts";
import type { PublishLimits } from "../config/publish-limits.ts";
import { EACH_USER } from "../objects/publication.ts";
import { CarillonError, type Issue } from "../protocol/errors.ts";
import type { PostedEvent } from "./event.ts";

/**
 * What whoever publishes may do: everything; what a key is limited to; or, for a user who broadcasts, reach audience
 * channels by their names and nothing else.
 */
export type Permission =
  | { readonly kind: "everything" }
  | { readonly kind: "limited"; readonly limits: PublishLimits }
  | { readonly kind: "broadcast" };

/**
 * Checks what a request asks for as a whole, before anything of it is delivered.
 *
 * @throws {CarillonError} `forbidden`, with a path for each event that is to blame.
 */
export function requirePermitted(events: readonly PostedEvent[], permission: Permission): void {
  const issues = events.flatMap((event, index) => {
    const issue = objection(event, permission);
    return issue ? [{ ...issue, path: events.length > 1 ? `${index}.${issue.path}` : issue.path }] : [];
  });
  if (issues.length === 0) return;
  throw new CarillonError("forbidden", "This publisher may not publish that; nothing was delivered.", {
    issues,
  });
}

/** Whether a channel, by the name that it was resolved to, may be reached. */
export function mayReach(channel: string, permission: Permission): boolean {
  if (permission.kind !== "limited" || !permission.limits.channels) return true;
  const segments = channel.split(":");
  return permission.limits.channels.some((source) => {
    const pattern = new ChannelPattern(source);
    // A parameter stands for one user, whom the publisher knows by name; only * stands for all of them.
    if (channel === EACH_USER && pattern.params.length > 0) return false;
    return pattern.match(segments) !== undefined;
  });
}

function objection(posted: PostedEvent, permission: Permission): Issue | undefined {
  if (permission.kind === "everything") return undefined;
  if (permission.kind === "limited") {
    const { events } = permission.limits;
    if (!events || events.includes(posted.event)) return undefined;
    return { path: "event", message: "This key is not for events of this name." };
  }
  const { isRouted, deliveries } = posted;
  const staysWithAudiences = deliveries.every(
    ({ users, reach, channels }) => users.length === 0 && !reach && channels.every(isAudience),
  );
  if (!isRouted && staysWithAudiences) return undefined;
  return { path: "to", message: "A user's token publishes to audience channels only, in to.channels." };
}

function isAudience(name: string): boolean {
  try {
    return findChannel(name).rule.kind === "audience";
  } catch (error) {
    if (error instanceof CarillonError) return false;
    throw error;
  }
}
