import { expect, test } from "vitest";
import { EventScanner, holdsEvents } from "../../bench/event-scanner.ts";

function eventFrame(offset: number, sent: number, padding = 0): string {
  const data = { sent, pad: "x".repeat(padding) };
  return JSON.stringify({ type: "event", channel: "room:a", event: "bench", data, id: "1", at: 5, offset });
}

test("finds the events of a message, one or many", () => {
  const scanner = new EventScanner();
  expect(scanner.scan(Buffer.from(eventFrame(1, 100)))).toEqual([{ offset: 1, sent: 100 }]);
  const many = `[${eventFrame(2, 200)},${eventFrame(3, 300)},{"type":"live","channel":"room:a","replayed":2}]`;
  expect(scanner.scan(Buffer.from(many))).toEqual([
    { offset: 2, sent: 200 },
    { offset: 3, sent: 300 },
  ]);
});

test("does not take one long message for another", () => {
  const scanner = new EventScanner();
  const one = `[${eventFrame(1, 100, 2000)},${eventFrame(3, 300)}]`;
  const other = `[${eventFrame(2, 100, 2000)},${eventFrame(3, 300)}]`;
  expect(one.slice(-40)).toBe(other.slice(-40));
  for (const text of [one, other, one, other]) {
    const offsets = scanner.scan(Buffer.from(text)).map(({ offset }) => offset);
    expect(offsets).toEqual(text === one ? [1, 3] : [2, 3]);
  }
});

test("passes over what a user is told beside a notification", () => {
  const data = { count: 1 };
  const unread = JSON.stringify({
    type: "event",
    channel: "user:1",
    event: "unread:count",
    data,
    id: "1",
    at: 5,
  });
  const scanner = new EventScanner();
  expect(scanner.scan(Buffer.from(unread))).toEqual([]);
  const many = `[${eventFrame(2, 200)},${unread},${eventFrame(3, 300)},${unread}]`;
  expect(scanner.scan(Buffer.from(many))).toEqual([
    { offset: 2, sent: 200 },
    { offset: 3, sent: 300 },
  ]);
});

test("refuses an event that has no offset", () => {
  const text = '{"type":"event","channel":"room:a","event":"bench","data":{"sent":1}}';
  expect(() => new EventScanner().scan(Buffer.from(text))).toThrow("without sent or offset");
});

test.each([
  { text: eventFrame(1, 1), holds: true },
  { text: `[${eventFrame(1, 1)}]`, holds: true },
  { text: '{"type":"welcome"}', holds: false },
  { text: "", holds: false },
])("tells whether a message holds events: $holds", ({ text, holds }) => {
  expect(holdsEvents(Buffer.from(text))).toBe(holds);
});
