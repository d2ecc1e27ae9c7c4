import type { Person } from "./person.ts";

/** Who an event is kept to, as it is published. */
export interface Aim {
  readonly only?: {
    readonly users?: readonly string[];
    readonly roles?: readonly string[];
    readonly tenants?: readonly string[];
  };
  readonly except?: { readonly user?: string; readonly client?: string };
}

/** A channel's name taken apart, so that two spellings are one. */
export function segmentsOf(channel: string): readonly string[] {
  const segments = channel.split(":").map((segment) => decodeURIComponent(segment));
  const isOfRole = segments[0] === "notifications" && segments[1] === "role";
  return segments.map((segment, index) => (isOfRole && index === 2 ? segment.toLowerCase() : segment));
}

/** What a channel is by the rules of src/config/channels.ts, told once more. */
export type Kind = "personal" | "audience" | "room" | "unknown";

const forAll = ["announcements", "public:announcements", "system:announcements", "system:maintenance"];
const ofAdmins = ["applications", "payments", "certificates", "notifications", "system"];

export function kindOf(channel: string): Kind {
  const [first = "", second, third, ...more] = segmentsOf(channel);
  const isPair = second !== undefined && third === undefined;
  const isTriple = third !== undefined && more.length === 0;
  if (forAll.includes(channel) || channel === "status:online") return "audience";
  switch (first) {
    case "notifications":
      if (isPair && second === "system") return "audience";
      if (!isTriple) return "unknown";
      return second === "user" ? "personal" : second === "role" ? "audience" : "unknown";
    case "user":
      return isPair || isTriple ? "personal" : "unknown";
    case "farmer":
      if (isTriple && !["applications", "payments", "certificates"].includes(third)) return "unknown";
      return isPair || isTriple ? "personal" : "unknown";
    case "admin":
      if (!isPair) return "unknown";
      return ofAdmins.includes(second) ? "audience" : "personal";
    case "auditor":
      if (!isPair) return "unknown";
      return second === "assignments" ? "audience" : "personal";
    case "clinic":
      return isTriple ? "room" : "unknown";
    case "room":
    case "public":
      return isPair ? "room" : "unknown";
    default:
      return "unknown";
  }
}

/** Whose a personal channel is. */
export function ownerOf(channel: string): string | undefined {
  const [first, second, third] = segmentsOf(channel);
  return first === "notifications" ? third : second;
}

/** Whether somebody may follow a channel. */
export function mayFollow(person: Person, channel: string): boolean {
  const [first, second, third] = segmentsOf(channel);
  const has = (...roles: string[]) => roles.some((role) => person.roles.includes(role));
  switch (kindOf(channel)) {
    case "unknown":
      return false;
    case "personal":
      if (ownerOf(channel) !== person.user) return false;
      if (first === "farmer") return has("farmer");
      if (first === "admin") return has("admin", "dtam_admin");
      return first === "auditor" ? has("auditor") : true;
    case "audience":
      if (isGranted(person, channel)) return true;
      if (first === "admin") return has("admin", "dtam_admin");
      if (first === "auditor") return has("auditor");
      return second === "role" && third !== undefined ? has(third) : true;
    case "room":
      return first !== "clinic" || person.tenants.includes(second ?? "") || isGranted(person, channel);
  }
}

function isGranted({ grants }: Person, channel: string): boolean {
  const segments = segmentsOf(channel);
  return grants.some((grant) => {
    const pattern = grant.split(":");
    if (pattern.length !== segments.length) return false;
    return pattern.every((part, index) => part === "*" || part.startsWith("{") || part === segments[index]);
  });
}

/** Whether an event with this aim is for somebody on some device. */
export function isMeant({ only, except }: Aim, { user, roles, tenants }: Person, device: string): boolean {
  if (except?.user === user || (except?.client !== undefined && except.client === device)) return false;
  if (only?.users && !only.users.includes(user)) return false;
  if (only?.roles && !overlap(only.roles, roles)) return false;
  return !only?.tenants || overlap(only.tenants, tenants);
}

/** Whether two lists of roles, or of tenants, have one in common. */
export function overlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => one.toLowerCase() === other.toLowerCase()));
}
