import { expect, test } from "vitest";
import { Ledger } from "../../bench/ledger.ts";

test.each([
  { what: "all in order", isOrdered: true, come: [1, 2, 3], received: 3, repeated: 0, offset: 3 },
  { what: "one twice", isOrdered: true, come: [1, 2, 2, 3], received: 3, repeated: 1, offset: 3 },
  { what: "one missing", isOrdered: true, come: [1, 3], received: 2, repeated: 0, offset: 3 },
  { what: "a late one, with order", isOrdered: true, come: [1, 3, 2], received: 2, repeated: 1, offset: 3 },
  { what: "a late one, without", isOrdered: false, come: [1, 3, 2], received: 3, repeated: 0, offset: 3 },
  { what: "many late ones", isOrdered: false, come: [4, 2, 3, 1, 6], received: 5, repeated: 0, offset: 4 },
  { what: "early ones twice", isOrdered: false, come: [2, 2, 1, 2], received: 2, repeated: 2, offset: 2 },
])("counts $what", ({ isOrdered, come, received, repeated, offset }) => {
  const ledger = new Ledger(isOrdered);
  for (const each of come) ledger.take(each);
  expect({ received: ledger.received, repeated: ledger.repeated, offset: ledger.offset }).toEqual({
    received,
    repeated,
    offset,
  });
});

test("counts from nothing, but remembers where it stood", () => {
  const ledger = new Ledger();
  ledger.goTo(10);
  ledger.begin();
  expect([ledger.take(10), ledger.take(11)]).toEqual([false, true]);
  expect({ received: ledger.received, repeated: ledger.repeated }).toEqual({ received: 1, repeated: 1 });
});
