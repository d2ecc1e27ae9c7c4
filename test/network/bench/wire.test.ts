import { expect, test } from "vitest";
import { dialect } from "../../bench/dialect.ts";
import { wires } from "../../bench/wire.ts";

const caller = { path: "/rooms/room%3Aa/connect", user: "u", token: "t" };
const event = '{"type":"event","channel":"room:a","event":"bench","data":{},"offset":1}';
const welcome = '{"type":"welcome","position":{"epoch":"0","offset":0}}';

test.each([
  { name: dialect.enum.carillon, text: event, kind: "events", is: event },
  { name: dialect.enum.carillon, text: `[${event},${event}]`, kind: "events", is: `[${event},${event}]` },
  { name: dialect.enum.carillon, text: welcome, kind: "control", is: welcome },
  {
    name: dialect.enum["socket.io"],
    text: '0{"sid":"s"}',
    kind: "answer",
    is: `40${JSON.stringify({ token: "t", path: caller.path })}`,
  },
  { name: dialect.enum["socket.io"], text: "2", kind: "answer", is: "3" },
  { name: dialect.enum["socket.io"], text: '40{"sid":"s"}', kind: "nothing", is: undefined },
  {
    name: dialect.enum["socket.io"],
    text: `42["event",${event}]`,
    kind: "events",
    is: `42["event",${event}]`,
  },
  { name: dialect.enum["socket.io"], text: `42["welcome",${welcome}]`, kind: "control", is: welcome },
  { name: dialect.enum["socket.io"], text: "41", kind: "refused", is: "the server sent 41" },
  { name: dialect.enum.nchan, text: event, kind: "events", is: event },
])("$name: reads $text as $kind", ({ name, text, kind, is }) => {
  const reading = wires[name].read(Buffer.from(text), caller);
  expect(reading.kind).toBe(kind);
  const held =
    "payload" in reading
      ? reading.payload.toString()
      : "text" in reading
        ? reading.text
        : "why" in reading
          ? reading.why
          : undefined;
  expect(held).toBe(is);
});
