import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { createPublisher, requireEveryTarget } from "../../src/publisher/index.ts";
import { fresh, ORIGIN, PUBLISH_KEY } from "./service.ts";

test("the publisher runs in a Worker, over a binding to the service", async () => {
  const carillon = createPublisher({
    url: ORIGIN,
    key: PUBLISH_KEY,
    fetch: (url, init) => exports.default.fetch(url, init),
  });
  const to = { users: [fresh("user")] };
  const result = await carillon.publish({ id: "e1", event: "greeting", to });
  expect(requireEveryTarget(result).targets).toMatchObject([{ status: "stored", offset: 1 }]);
  await expect(carillon.publish({ id: "e1", event: "", to })).rejects.toMatchObject({ code: "invalid_body" });
});
