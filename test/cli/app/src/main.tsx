import { createClient } from "carillon/client";
import { ConnectionBadge, NotificationBell, RealtimeProvider, useEvent } from "carillon/react";
import "carillon/react/style.css";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

const client = createClient({ getToken: () => "a-token" });

function Payments() {
  const [receipts, setReceipts] = useState<readonly string[]>([]);
  useEvent("payment:confirmed", ({ amount, receiptNumber }) => {
    setReceipts((before) => [...before, `${receiptNumber}: ${amount.toFixed(2)}`]);
  });
  return receipts.map((receipt) => <p key={receipt}>{receipt}</p>);
}

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");
createRoot(root).render(
  <StrictMode>
    <RealtimeProvider client={client}>
      <ConnectionBadge />
      <NotificationBell />
      <Payments />
    </RealtimeProvider>
  </StrictMode>,
);
client.connect();
