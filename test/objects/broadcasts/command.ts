import fc from "fast-check";
import { often, record } from "../arbitrary.ts";
import {
  type ObjectKey,
  type Role,
  roles,
  type SeatName,
  seatNames,
  shardCounts,
  shards,
  type User,
  users,
} from "./cast.ts";

/** A call between objects that may go wrong. */
export const calls = [
  "register",
  "visit",
  "leave",
  "takeFromFirst",
  "followFirst",
  "readFirst",
  "deliver",
  "noteShards",
  "findMember",
  "forgetMember",
  "takeAudience",
] as const;
export type Call = (typeof calls)[number];

/** What befalls the next calls of a kind. */
export interface Prank {
  readonly call: Call;
  /** Only calls that concern this user. */
  readonly user: User | undefined;
  readonly when: "before" | "after";
  /** The call is lost, or an object dies: the one that is called, the one that calls, or the first shard. */
  readonly what: "lost" | "killCalled" | "killCaller" | "killFirst";
  readonly times: number;
}

/** One event to be published to many. */
export interface Announcement {
  /** To the holders of roles on their own channels, to everyone there, or to an audience's channel. */
  readonly to: readonly Role[] | "everyone";
  readonly channels: readonly Role[];
  /** To whom it is sent by name as well. */
  readonly byName: User | undefined;
  readonly isNotification: boolean;
}

/** From where a client resumes: its position, nowhere, or the log's beginning. */
export type Since = "remembered" | "none" | "start";

export type Command =
  | { readonly do: "connect"; readonly seat: SeatName; readonly since: Since }
  | { readonly do: "drop"; readonly seat: SeatName }
  | { readonly do: "poll"; readonly user: User }
  | {
      readonly do: "broadcast";
      readonly events: readonly Announcement[];
      /** How often at once, under the same ids. */
      readonly times: number;
      /** Whether the publisher calls again when a call fails. */
      readonly isPatient: boolean;
    }
  | { readonly do: "repeat"; readonly which: number }
  | { readonly do: "evict"; readonly object: ObjectKey; readonly webSockets: "hibernate" | "close" }
  | { readonly do: "abort"; readonly object: ObjectKey | "shards" }
  | { readonly do: "alarm"; readonly object: ObjectKey }
  | { readonly do: "prank"; readonly prank: Prank }
  /** Objects that are constructed from now on believe that there are so many shards. */
  | { readonly do: "shards"; readonly count: number }
  | { readonly do: "breathe"; readonly ms: number };

/** A command, and whether the next one waits for it. */
export interface Step {
  readonly command: Command;
  readonly isAwaited: boolean;
}

const does = <Name extends Command["do"]>(name: Name) => fc.constant(name);

const seat = fc.constantFrom(...seatNames);
const user = fc.constantFrom(...users);
const since = fc.constantFrom<Since>("remembered", "remembered", "remembered", "none", "start");
/** The first shard has most to do with others. */
const object: fc.Arbitrary<ObjectKey> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<ObjectKey>(...users) },
  { weight: 1, arbitrary: fc.constant<ObjectKey>(0) },
  { weight: 3, arbitrary: fc.constantFrom<ObjectKey>(...shards) },
);

const announcement = record<Announcement>({
  to: fc.oneof(fc.subarray([...roles]), fc.constant("everyone" as const)),
  channels: fc.subarray([...roles]),
  byName: often<User | undefined>(undefined, ...users.slice(0, 2)),
  isNotification: often(false, true),
}).filter(({ to, channels }) => to.length + channels.length > 0);

const prank = record<Prank>({
  call: fc.constantFrom<Call>(...calls, "takeAudience", "takeAudience", "takeFromFirst", "register"),
  user: fc.constant(undefined),
  when: fc.constantFrom("before", "after"),
  what: fc.constantFrom("lost", "killCalled", "killCalled", "killCaller", "killFirst"),
  times: fc.constantFrom(1, 1, 1, 3),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 7, arbitrary: record({ do: does("connect"), seat, since }) },
  { weight: 5, arbitrary: record({ do: does("drop"), seat }) },
  { weight: 2, arbitrary: record({ do: does("poll"), user }) },
  {
    weight: 13,
    arbitrary: record({
      do: does("broadcast"),
      events: fc.array(announcement, { minLength: 1, maxLength: 3 }),
      times: often(1, 2),
      isPatient: often(true, false),
    }),
  },
  { weight: 2, arbitrary: record({ do: does("repeat"), which: fc.nat(20) }) },
  {
    weight: 5,
    arbitrary: record({
      do: does("evict"),
      object,
      webSockets: fc.constantFrom("hibernate", "hibernate", "close"),
    }),
  },
  { weight: 4, arbitrary: record({ do: does("abort"), object }) },
  { weight: 2, arbitrary: record({ do: does("alarm"), object }) },
  { weight: 6, arbitrary: record({ do: does("prank"), prank }) },
  { weight: 3, arbitrary: record({ do: does("shards"), count: fc.constantFrom(...shardCounts) }) },
  { weight: 3, arbitrary: record({ do: does("breathe"), ms: fc.nat(15) }) },
);

/**
 * A run's last commands: a broadcast in the midst of which something goes wrong, and perhaps a death while it is put
 * right. Nothing comes after it that would bring to light by chance what is missing.
 */
const closing: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    record<Prank>({
      call: fc.constantFrom("takeAudience", "takeAudience", "takeFromFirst", "deliver"),
      user: fc.constant(undefined),
      when: fc.constantFrom("before", "after"),
      what: fc.constantFrom("lost", "lost", "lost", "killCalled", "killCaller", "killFirst"),
      times: fc.constantFrom(1, 1, 6, 9),
    }),
    fc.option(user),
    fc.array(announcement, { minLength: 1, maxLength: 2 }),
    fc.option(fc.tuple(fc.constantFrom(5, 100, 450, 600), fc.oneof(object, fc.constant("shards" as const)))),
  )
  .map(([drawn, whose, events, death]) => {
    const { call, what } = drawn;
    // One death is enough: each costs the time until the object would go on by itself.
    const times = what === "lost" ? drawn.times : 1;
    // Only calls to a user's object tell whom they concern.
    const prank = { ...drawn, times, ...(call === "takeAudience" && whose && { user: whose }) };
    return [
      awaited({ do: "prank", prank }),
      awaited({ do: "broadcast", events, times: 1, isPatient: true }),
      ...(death
        ? [awaited({ do: "breathe", ms: death[0] }), awaited({ do: "abort", object: death[1] })]
        : []),
    ];
  });

function awaited(command: Command): Step {
  return { command, isAwaited: true };
}

/** What is in the names of a run, each of which has its own. */
export const marks: fc.Arbitrary<number> = fc.noBias(fc.nat());

/** A run's commands. */
export function steps(minLength: number, maxLength: number): fc.Arbitrary<readonly Step[]> {
  const some = fc.array(record({ command, isAwaited: fc.boolean() }), { minLength, maxLength, size: "max" });
  return fc.tuple(some, closing).map(([first, last]) => [...first, ...last]);
}
