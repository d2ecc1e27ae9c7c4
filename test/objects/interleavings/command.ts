import fc from "fast-check";
import { often, record } from "../arbitrary.ts";
import {
  type AimName,
  aimNames,
  type BadgeName,
  badgeNames,
  type LogKey,
  logs,
  type Room,
  rooms,
  type SeatName,
  seatNames,
  type Target,
  targets,
  type User,
  users,
} from "./cast.ts";

/** From where a client resumes: its position, nowhere, the log's beginning, or a position of no life of this log. */
export type Since = "remembered" | "none" | "start" | "bogus";

/** What befalls a call between two objects. */
export interface Prank {
  readonly call: "takeRoom" | "follow" | "unfollow" | "resume" | "read";
  readonly room: Room;
  readonly user: User;
  readonly when: "before" | "after";
  /** The call is lost, or one of the two objects dies. */
  readonly what: "lost" | "killRoom" | "killUser";
  readonly times: number;
}

/** One event to be published. */
export interface Announcement {
  readonly targets: readonly Target[];
  readonly aim: AimName | undefined;
  readonly store: boolean;
  /** Takes an id of the publisher's own, so that it can be repeated. */
  readonly hasId: boolean;
}

export type Command =
  | {
      readonly do: "connect";
      readonly seat: SeatName;
      readonly badge: BadgeName;
      readonly since: Since;
      readonly isBrief: boolean;
    }
  | { readonly do: "drop"; readonly seat: SeatName }
  | {
      readonly do: "follow";
      readonly seat: SeatName /** Rooms, or the log of the object itself that the connection leads to. */;
      readonly rooms: readonly (Room | "own")[];
      readonly since: Since;
    }
  | { readonly do: "unfollow"; readonly seat: SeatName; readonly room: Room }
  | { readonly do: "renew"; readonly seat: SeatName; readonly badge: BadgeName }
  | { readonly do: "publish"; readonly events: readonly Announcement[]; readonly times: number }
  | { readonly do: "publishOnce"; readonly room: Room }
  | { readonly do: "repeat"; readonly which: number }
  | { readonly do: "evict"; readonly object: LogKey; readonly webSockets: "hibernate" | "close" }
  | { readonly do: "abort"; readonly object: LogKey }
  | { readonly do: "prank"; readonly prank: Prank }
  | { readonly do: "disconnect"; readonly user: User; readonly device: string | undefined }
  | { readonly do: "alarm"; readonly object: LogKey }
  | { readonly do: "breathe"; readonly ms: number };

/** A command, and whether the next one waits for it. */
export interface Step {
  readonly command: Command;
  readonly isAwaited: boolean;
}

const seat = fc.constantFrom(...seatNames);
const badge = fc.constantFrom(...badgeNames);
const room = fc.constantFrom(...rooms);
const user = fc.constantFrom(...users);
const log = fc.constantFrom(...logs);
const since = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Since>("remembered") },
  { weight: 2, arbitrary: fc.constant<Since>("none") },
  { weight: 1, arbitrary: fc.constant<Since>("start") },
  { weight: 1, arbitrary: fc.constant<Since>("bogus") },
);
const does = <Name extends Command["do"]>(name: Name) => fc.constant(name);

const announcement = record<Announcement>({
  targets: fc.uniqueArray(fc.constantFrom(...targets), { minLength: 1, maxLength: 4 }),
  aim: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom(...aimNames) },
  ),
  store: often(true, false),
  hasId: fc.boolean(),
});

const prank = record<Prank>({
  call: fc.constantFrom("takeRoom", "takeRoom", "takeRoom", "follow", "follow", "unfollow", "resume", "read"),
  room,
  user,
  when: fc.constantFrom("before", "after"),
  what: fc.constantFrom("lost", "killRoom", "killRoom", "killUser"),
  times: fc.constantFrom(1, 1, 1, 3),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 7,
    arbitrary: record({ do: does("connect"), seat, badge, since, isBrief: often(false, true) }),
  },
  { weight: 3, arbitrary: record({ do: does("drop"), seat }) },
  {
    weight: 8,
    arbitrary: record({
      do: does("follow"),
      seat,
      rooms: fc.uniqueArray(fc.constantFrom(...rooms, "own" as const), { minLength: 1, maxLength: 3 }),
      since,
    }),
  },
  { weight: 2, arbitrary: record({ do: does("unfollow"), seat, room }) },
  { weight: 4, arbitrary: record({ do: does("renew"), seat, badge }) },
  {
    weight: 12,
    arbitrary: record({
      do: does("publish"),
      events: fc.array(announcement, { minLength: 1, maxLength: 4 }),
      times: often(1, 2),
    }),
  },
  { weight: 2, arbitrary: record({ do: does("publishOnce"), room }) },
  { weight: 2, arbitrary: record({ do: does("repeat"), which: fc.nat(20) }) },
  {
    weight: 5,
    arbitrary: record({
      do: does("evict"),
      object: log,
      webSockets: fc.constantFrom("hibernate", "hibernate", "close"),
    }),
  },
  { weight: 3, arbitrary: record({ do: does("abort"), object: log }) },
  { weight: 4, arbitrary: record({ do: does("prank"), prank }) },
  {
    weight: 1,
    arbitrary: record({
      do: does("disconnect"),
      user,
      device: fc.constantFrom(undefined, "phone", "laptop"),
    }),
  },
  { weight: 1, arbitrary: record({ do: does("alarm"), object: log }) },
  { weight: 2, arbitrary: record({ do: does("breathe"), ms: fc.nat(15) }) },
);

/** What is in the names of a run, each of which has its own. */
export const marks: fc.Arbitrary<number> = fc.noBias(fc.nat());

/** A run's commands. The first few bring somebody there, so that few runs happen in an empty house. */
export function steps(minLength: number, maxLength: number): fc.Arbitrary<readonly Step[]> {
  return fc.array(record({ command, isAwaited: fc.boolean() }), { minLength, maxLength, size: "max" });
}
