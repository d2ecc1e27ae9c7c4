import { createClient } from "carillon/client";
import { createPublisher } from "carillon/publisher";

// What the types must not let pass. It is compiled, and never run.

const client = createClient();
// @ts-expect-error: A payment has no such field.
client.on("payment:confirmed", ({ colour }) => colour);
// @ts-expect-error: An amount is a number.
client.on("payment:confirmed", ({ amount }) => amount.trim());
// @ts-expect-error: There is no such event.
client.on("payment:forgotten", () => undefined);

const publisher = createPublisher({ url: "https://carillon.example", key: "a-key" });
void publisher.publish({
  event: "system:announcement",
  // @ts-expect-error: A message is a text.
  data: { title: "Now", message: 42 },
});
