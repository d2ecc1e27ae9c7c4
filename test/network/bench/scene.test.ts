import { expect, test } from "vitest";
import { scenesOf } from "../../bench/scene.ts";

const sizes = { sockets: [100, 1000, 5000], users: [100, 3000], members: 2000, silence: 15, seconds: 5 };

test.each([
  { name: "room", scenes: ["room 100, 4 loads", "room 1000, 4 loads", "room 5000, 3 loads"] },
  { name: "users", scenes: ["users 100, 3 loads", "users 3000, 3 loads"] },
  { name: "broadcast", scenes: ["broadcast 2000, 4 loads"] },
  { name: "deflate", scenes: ["deflate 1000, 4 loads"] },
  { name: "replay", scenes: ["room 100, 0 loads"] },
  { name: "durable", scenes: ["room 1, 2 loads"] },
] as const)("$name has its scenes", ({ name, scenes }) => {
  expect(
    scenesOf(name, sizes).map(
      ({ audience, sockets, loads, broadcasts }) =>
        `${audience} ${sockets}, ${loads.length + broadcasts.length} loads`,
    ),
  ).toEqual(scenes);
});

test("a replay is of a thousand events for each socket", () => {
  expect(scenesOf("replay", sizes)).toMatchObject([{ sockets: 100, missed: 1000 }]);
});
