import { useConnection, useEvent } from "carillon/react";
import { useState } from "react";

export function Balance() {
  const [balance, setBalance] = useState(0);
  const { status } = useConnection();
  useEvent("payment:confirmed", ({ amount }) => setBalance((before) => before + amount));
  return (
    <p>
      {balance} baht {status !== "connected" && "(not live)"}
    </p>
  );
}
