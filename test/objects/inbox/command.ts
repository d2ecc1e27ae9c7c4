import fc from "fast-check";
import type { Mark } from "../../../src/protocol/frames.ts";
import { record } from "../arbitrary.ts";
import { type Seat, seatNames, type Target, targets, type User, users } from "./cast.ts";

/** What a mark is of: some of the newest notifications, counted back, or all, as far as was known some entries ago. */
export type Choice =
  | { readonly of: "ids"; readonly back: readonly number[] }
  | { readonly of: "all"; readonly back: number | undefined };

/** What befalls the next call of a user's object: it dies before it, in the midst of its writing, or after it. */
export interface Prank {
  readonly call: "deliver" | "markInbox" | "takeAudience";
  readonly user: User;
  readonly when: "before" | "within" | "after";
}

export type Command =
  | {
      readonly do: "publish";
      readonly to: readonly Target[];
      readonly key: "a" | "b" | undefined;
      /** Minutes until it removes itself. */
      readonly life: number | undefined;
      readonly store: boolean;
    }
  | { readonly do: "repeat"; readonly back: number; readonly to: User | undefined }
  | { readonly do: "mark"; readonly by: Seat | User; readonly as: Mark; readonly what: Choice }
  | { readonly do: "recall"; readonly user: User; readonly back: number }
  | { readonly do: "read"; readonly user: User; readonly query: string; readonly limit: number }
  | { readonly do: "connect"; readonly seat: Seat; readonly isFresh: boolean }
  | { readonly do: "drop"; readonly seat: Seat }
  | { readonly do: "evict"; readonly user: User; readonly webSockets: "hibernate" | "close" }
  | { readonly do: "abort"; readonly user: User }
  | { readonly do: "prank"; readonly prank: Prank }
  | { readonly do: "alarm"; readonly user: User }
  | { readonly do: "pass"; readonly minutes: number };

/** A command, and whether the next one waits for it. */
export interface Step {
  readonly command: Command;
  readonly isAwaited: boolean;
}

const does = <Name extends Command["do"]>(name: Name) => fc.constant(name);
const maybe = <Value>(some: fc.Arbitrary<Value>, freq: number) => fc.option(some, { nil: undefined, freq });
const user = fc.constantFrom(...users);
const seat = fc.constantFrom(...seatNames);

const choice: fc.Arbitrary<Choice> = fc.oneof(
  record({
    of: fc.constant("ids" as const),
    back: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 4 }),
  }),
  record({ of: fc.constant("all" as const), back: maybe(fc.nat(8), 1) }),
);

const prank = record<Prank>({
  call: fc.constantFrom("deliver", "markInbox", "takeAudience"),
  user,
  when: fc.constantFrom("before", "within", "after"),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 14,
    arbitrary: record({
      do: does("publish"),
      to: fc.uniqueArray(fc.constantFrom(...targets), { minLength: 1, maxLength: 3 }),
      key: maybe(fc.constantFrom("a", "b"), 1),
      life: maybe(fc.integer({ min: 1, max: 30 }), 1),
      store: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 3, arbitrary: record({ do: does("repeat"), back: fc.nat(6), to: maybe(user, 2) }) },
  {
    weight: 14,
    arbitrary: record({
      do: does("mark"),
      by: fc.oneof({ weight: 2, arbitrary: seat }, { weight: 1, arbitrary: user }),
      as: fc.constantFrom<Mark>(
        "read",
        "read",
        "unread",
        "seen",
        "unseen",
        "archived",
        "unarchived",
        "deleted",
      ),
      what: choice,
    }),
  },
  { weight: 2, arbitrary: record({ do: does("recall"), user, back: fc.nat(6) }) },
  {
    weight: 5,
    arbitrary: record({
      do: does("read"),
      user,
      query: fc.constantFrom("", "", "unread=true", "unread=false", "archived=true"),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 7,
    arbitrary: record({ do: does("connect"), seat, isFresh: fc.constantFrom(false, false, true) }),
  },
  { weight: 5, arbitrary: record({ do: does("drop"), seat }) },
  {
    weight: 5,
    arbitrary: record({
      do: does("evict"),
      user,
      webSockets: fc.constantFrom("hibernate", "hibernate", "close"),
    }),
  },
  { weight: 2, arbitrary: record({ do: does("abort"), user }) },
  { weight: 4, arbitrary: record({ do: does("prank"), prank }) },
  { weight: 4, arbitrary: record({ do: does("alarm"), user }) },
  { weight: 4, arbitrary: record({ do: does("pass"), minutes: fc.integer({ min: 1, max: 25 }) }) },
);

/** What is in the names of a run, each of which has its own. */
export const marks: fc.Arbitrary<number> = fc.noBias(fc.nat());

export function steps(minLength: number, maxLength: number): fc.Arbitrary<readonly Step[]> {
  return fc.array(record({ command, isAwaited: fc.boolean() }), { minLength, maxLength, size: "max" });
}
