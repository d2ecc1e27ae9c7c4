import fc from "fast-check";
import { record } from "../arbitrary.ts";
import type { Announcement } from "./announcement.ts";
import {
  grants,
  type Room,
  roles,
  rooms,
  type SeatName,
  seatNames,
  tenants,
  type User,
  users,
} from "./cast.ts";
import type { Badge, Statement } from "./person.ts";
import type { Aim } from "./who-may.ts";

/** From where something is asked for: from now, from the log's beginning, or from where the client was. */
export type Since = "none" | "start" | "remembered";

export type Command =
  | { readonly do: "connect"; readonly seat: SeatName; readonly badge: Badge; readonly since: Since }
  | { readonly do: "drop"; readonly seat: SeatName }
  | { readonly do: "renew"; readonly seat: SeatName; readonly badge: Badge }
  | { readonly do: "say"; readonly user: User; readonly statement: Statement }
  | { readonly do: "revoke"; readonly user: User; readonly device: string | undefined }
  | { readonly do: "follow"; readonly seat: SeatName; readonly room: Room; readonly since: Since }
  | {
      readonly do: "poll";
      readonly user: User;
      readonly badge: Badge;
      readonly since: Since;
      readonly limit: number;
    }
  | {
      readonly do: "pollRoom";
      readonly user: User;
      readonly badge: Badge;
      readonly room: Room;
      readonly isBackwards: boolean;
      readonly limit: number;
    }
  | { readonly do: "publish"; readonly events: readonly Announcement[] }
  | { readonly do: "repeat"; readonly which: number }
  | { readonly do: "sleep"; readonly object: User | Room | number }
  | { readonly do: "age" }
  | { readonly do: "breathe"; readonly ms: number };

/** A command, and whether the next one waits for it. */
export interface Step {
  readonly command: Command;
  readonly isAwaited: boolean;
}

const does = <Name extends Command["do"]>(name: Name) => fc.constant(name);
const often = <Value>(usual: Value, other: Value) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });
/** Often nothing, else a few. */
const few = <Value>(values: readonly Value[]) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.subarray([...values], { minLength: 1, maxLength: 2 }) },
  );

/** The first has most devices, and so most that can go wrong. */
const user = fc.constantFrom("anna", "anna", ...users);
const seat = fc.constantFrom(...seatNames);
const room = fc.constantFrom(...rooms);
const since = fc.constantFrom<Since>("none", "none", "start", "remembered", "remembered");
const limit = fc.constantFrom(1, 3, 200);
/** As it may be spelt, in a token or by a publisher. */
const role = fc.constantFrom(...roles, "FARMER", "Admin", "DTAM_ADMIN");

const statement = fc.record<Statement>(
  { roles: few(roles), tenants: few(tenants), grants: few(grants) },
  { noNullPrototype: true, requiredKeys: [] },
);

export const badge: fc.Arbitrary<Badge> = record<Badge>({
  roles: fc.oneof(few(roles), fc.constant(["DTAM_ADMIN"])),
  tenants: few(tenants),
  grants: fc.oneof(fc.constant([]), few(grants)),
  age: often<"old" | "fresh">("old", "fresh"),
  isBrief: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
});

const word = fc.constantFrom("queue", "alerts", "bills", "payments", "notifications", "a b", "ก");
const id = user.map(encodeURIComponent);

/** Names of every form that a rule knows, and of some that none does. */
const channel = fc.oneof(
  fc.constantFrom("notifications:system", "announcements", "public:announcements", "system:announcements"),
  fc.constantFrom("system:maintenance", "status:online", "auditor:assignments"),
  fc
    .constantFrom("applications", "payments", "certificates", "notifications", "system")
    .map((of) => `admin:${of}`),
  role.map((name) => `notifications:role:${name}`),
  role.map((name) => `notifications:role:${name}`),
  fc
    .tuple(fc.constantFrom("user", "farmer", "admin", "auditor", "notifications:user"), id)
    .map((two) => two.join(":")),
  fc
    .tuple(id, fc.constantFrom("applications", "payments", "certificates"))
    .map((of) => `farmer:${of.join(":")}`),
  fc.tuple(id, word.map(encodeURIComponent)).map((of) => `user:${of.join(":")}`),
  room,
  room,
  fc.constantFrom("user:*", "nobody:knows:this", "clinic:7", "farmer:anna:queue"),
);

const aim: fc.Arbitrary<Aim> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.oneof(
      fc.subarray([...users], { minLength: 1, maxLength: 2 }).map((users) => ({ only: { users } })),
      fc.array(role, { minLength: 1, maxLength: 2 }).map((roles) => ({ only: { roles } })),
      fc.subarray([...tenants], { minLength: 1 }).map((tenants) => ({ only: { tenants } })),
      user.map((one) => ({ except: { user: one } })),
      fc.constantFrom("phone", "laptop").map((client) => ({ except: { client } })),
    ),
  },
);

/** Where an event is kept nowhere, nothing tells of it later either. */
const lasting = fc.oneof(
  { weight: 4, arbitrary: fc.record({ store: fc.constant(true), isNotification: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ store: false, isNotification: false }) },
);

const announcement = fc
  .tuple(
    lasting,
    record<Omit<Announcement, "store" | "isNotification">>({
      users: few(users),
      roles: few([...roles, "ADMIN"]),
      tenants: few(tenants),
      isForEveryone: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
      channels: fc.oneof(
        { weight: 1, arbitrary: fc.constant([]) },
        { weight: 4, arbitrary: fc.uniqueArray(channel, { minLength: 1, maxLength: 4 }) },
      ),
      aim,
      isBrief: often(false, true),
      times: often(1, 2),
    }),
  )
  .map(([first, second]): Announcement => ({ ...first, ...second }))
  .filter(
    ({ users, roles, tenants, isForEveryone, channels }) =>
      isForEveryone || users.length + roles.length + tenants.length + channels.length > 0,
  );

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: record({ do: does("connect"), seat, badge, since }) },
  { weight: 3, arbitrary: record({ do: does("drop"), seat }) },
  { weight: 5, arbitrary: record({ do: does("renew"), seat, badge }) },
  { weight: 6, arbitrary: record({ do: does("say"), user, statement }) },
  {
    weight: 4,
    arbitrary: record({
      do: does("revoke"),
      user,
      device: fc.constantFrom(undefined, "phone", "laptop", "laptop"),
    }),
  },
  { weight: 5, arbitrary: record({ do: does("follow"), seat, room, since }) },
  { weight: 5, arbitrary: record({ do: does("poll"), user, badge, since, limit }) },
  {
    weight: 3,
    arbitrary: record({ do: does("pollRoom"), user, badge, room, isBackwards: fc.boolean(), limit }),
  },
  {
    weight: 14,
    arbitrary: record({
      do: does("publish"),
      events: fc.array(announcement, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: record({ do: does("repeat"), which: fc.nat(20) }) },
  {
    weight: 4,
    arbitrary: record({
      do: does("sleep"),
      object: fc.constantFrom<User | Room | number>(...users, ...rooms, 0, 1, 2, 3),
    }),
  },
  { weight: 2, arbitrary: record({ do: does("age") }) },
  { weight: 2, arbitrary: record({ do: does("breathe"), ms: fc.nat(15) }) },
);

/** A run's commands. At its beginning everybody comes and asks for rooms. */
export function steps(minLength: number, maxLength: number): fc.Arbitrary<readonly Step[]> {
  const comes = (name: SeatName) => {
    const seat = fc.constant(name);
    const since = fc.constant<Since>("none");
    const isAwaited = fc.constant(false);
    return fc.tuple(
      record<Step>({ command: record({ do: does("connect"), seat, badge, since }), isAwaited }),
      record<Step>({ command: record({ do: does("follow"), seat, room, since }), isAwaited }),
      record<Step>({ command: record({ do: does("follow"), seat, room, since }), isAwaited }),
    );
  };
  const opening = fc.tuple(...seatNames.map(comes));
  const rest = fc.array(record({ command, isAwaited: fc.boolean() }), { minLength, maxLength, size: "max" });
  return fc.tuple(opening, rest).map(([first, then]) => [...first.flat(), ...then]);
}
