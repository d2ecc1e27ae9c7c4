import { createClient } from "carillon/client";
import { FakeServer } from "carillon/testing";
import { expect, test, vi } from "vitest";

test("greetings are heard, also those of a moment without a network", async () => {
  const server = new FakeServer();
  const client = createClient<{ greeting: { text: string } }>(server.optionsFor("42"));
  const heard: string[] = [];
  client.on("greeting", ({ text }) => heard.push(text));
  client.connect();
  await vi.waitFor(() => expect(client.state.status).toBe("connected"));

  server.publish({ event: "greeting", data: { text: "Hello" }, to: { users: ["42"] } });
  server.drop();
  server.publish({ event: "greeting", data: { text: "Still there?" }, to: { users: ["42"] } });
  await vi.waitFor(() => expect(heard).toEqual(["Hello", "Still there?"]), { timeout: 5000 });
  client.close();
});
