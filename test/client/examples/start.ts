import { createClient } from "carillon/client";

export const client = createClient({
  url: "https://carillon.example",
  getToken: async () => await (await fetch("/api/token")).text(),
});

client.on("payment:confirmed", ({ amount }) => console.log(`${amount} baht`));
client.listen("state", ({ status }) => console.log(status));
client.connect();
