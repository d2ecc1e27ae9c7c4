import { createClient } from "carillon/client";

// Nothing here is run: it is compiled by `npm run check`, and each expected error must be one.

const client = createClient();

client.on("payment:confirmed", ({ amount, receiptNumber }, { event, log, offset }) => {
  amount satisfies number;
  receiptNumber satisfies string;
  event satisfies "payment:confirmed";
  log satisfies string;
  offset satisfies number | undefined;
});
// @ts-expect-error what the farmer gets has no farmerName
client.on("payment:confirmed", ({ farmerName }) => farmerName);
// @ts-expect-error no such event is known
client.on("payment:confirmd", () => {});
client.on("*", (data) => {
  // @ts-expect-error of any event the data may be anything
  data.amount;
});

client.channel("room:7").on("note", ({ text }) => text satisfies string);
// @ts-expect-error a note has no title
client.channel("room:7").on("note", ({ title }) => title);

void client.channel("room:7").publish("note", { text: "Hello" });
void client.channel("room:7").publish("something:else", { any: "thing" });
// @ts-expect-error a note has a text
void client.channel("room:7").publish("note", { title: "Hello" });

const own = createClient<{ "order:paid": { readonly total: number } }>();
own.on("order:paid", ({ total }) => total satisfies number);
// @ts-expect-error a total is a number
own.on("order:paid", ({ total }) => total satisfies string);

client.listen("state", (state) => {
  if (state.status === "connected") state.user satisfies string;
  // @ts-expect-error only where it is connected is it known who that is
  state.user;
});
// @ts-expect-error there is no such mark
void client.inbox.mark("forgotten", "all");
// @ts-expect-error there is no such option
createClient({ retries: 3 });
