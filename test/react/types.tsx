import {
  NotificationIcon,
  RealtimeProvider,
  type Texts,
  useChannel,
  useEvent,
  useInbox,
} from "carillon/react";
import { english } from "../../src/react/texts-en.ts";
import { memoryClient } from "./support/memory-client.ts";

// Nothing here is run: it is compiled by `npm run check`, and each expected error must be one.

const { live: _, ...withoutLive } = english;
// @ts-expect-error a language that lacks a text does not compile
export const incomplete: Texts = withoutLive;
// @ts-expect-error a text with a number is a function of it
export const wrong: Texts = { ...english, unreadCount: "many" };

export function Listening() {
  useEvent("payment:confirmed", ({ amount, receiptNumber }) => {
    amount satisfies number;
    receiptNumber satisfies string;
  });
  // @ts-expect-error what the farmer gets has no farmerName
  useEvent("payment:confirmed", ({ farmerName }) => farmerName);
  // @ts-expect-error no such event is known
  useEvent("payment:confirmd", () => {});
  useEvent("*", (data, { event, channel }) => {
    event satisfies string;
    channel satisfies string;
    // @ts-expect-error of any event the data may be anything
    data.amount;
  });
  const { mark } = useInbox();
  // @ts-expect-error there is no such mark
  void mark("forgotten", "all");
  // @ts-expect-error rooms have names
  useChannel(7);
  return <NotificationIcon type="payment" />;
}

export const providers = [
  <RealtimeProvider key="replaced" client={memoryClient().client} texts={{ live: "Connected" }} />,
  // @ts-expect-error it needs a client
  <RealtimeProvider key="alone" />,
];
