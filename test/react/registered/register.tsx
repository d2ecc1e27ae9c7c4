import { createClient } from "carillon/client";
import { RealtimeProvider, useEvent } from "carillon/react";

interface OurEvents {
  "order:paid": { orderId: string };
}

declare module "carillon/react" {
  interface Register {
    events: OurEvents;
  }
}

const client = createClient<OurEvents>();

function Orders() {
  useEvent("order:paid", ({ orderId }) => console.log(orderId)); // "order:payed" would not compile
  return null;
}

export const app = (
  <RealtimeProvider client={client}>
    <Orders />
  </RealtimeProvider>
);
