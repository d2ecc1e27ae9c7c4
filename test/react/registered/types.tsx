import { createClient } from "carillon/client";
import { RealtimeProvider, useEvent } from "carillon/react";

// Nothing here is run: it is compiled by `npm run check`, and each expected error must be one.

export function Listening() {
  useEvent("order:paid", ({ orderId }) => orderId satisfies string);
  // @ts-expect-error there is no such field
  useEvent("order:paid", ({ amount }) => amount);
  // @ts-expect-error what the other service sends is not known here
  useEvent("payment:confirmed", () => {});
  return null;
}

// @ts-expect-error it is a client of other events
export const other = <RealtimeProvider client={createClient<{ "order:sent": number }>()} />;
