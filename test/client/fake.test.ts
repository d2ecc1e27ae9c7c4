import { FakeServer } from "../../src/client/testing/index.ts";
import { describeClient } from "./both-worlds.ts";
import type { World } from "./world.ts";

const server = new FakeServer({
  mayFollow: (_, room) => room.startsWith("clinic:7:"),
  stored: ["note"],
});

const world: World = {
  options: (user) => server.optionsFor(user),
  publish: (publication) => server.publish(publication),
  cut: () => server.drop(),
  block: () => server.blockSockets(),
  unblock: () => server.recover(),
  kick: (user) => server.close("kicked", user),
  get tokens() {
    return server.tokensGiven;
  },
};

describeClient("the fake server", () => world);
