import { type CloseReason, closeReasons } from "../../protocol/close-codes.ts";

/** How a connection ended: told by a `close` frame, seen as a closing socket, or wanted by the person here. */
export type Ending =
  | { readonly by: "server"; readonly code: number; readonly reason: string; readonly message: string }
  | { readonly by: "network"; readonly code: number; readonly reason: string }
  | { readonly by: "person" };

const nextSteps = {
  now: "A client reconnects at once and resumes from its position.",
  later: "A client reconnects after its usual delay.",
  renew: "A client fetches a new token, then reconnects.",
  never: "A client does not reconnect by itself.",
} as const;

/** Says in words why a connection ended and what a client does then. */
export function verdict(ending: Ending): string {
  if (ending.by === "person") return "You disconnected.";
  const why = [ending.code, ending.reason].filter((part) => part !== "").join(" ");
  const told = ending.by === "server" && ending.message !== "" ? ` ${ending.message}` : "";
  if (isKnown(ending.reason)) {
    const { when, reconnect } = closeReasons[ending.reason];
    return `Closed with ${why}: ${when}.${told} ${nextSteps[reconnect]}`;
  }
  if (ending.by === "network" && ending.code === 1006) {
    return `The connection broke (1006) without a close frame. ${nextSteps.later}`;
  }
  return `Closed with ${why}.${told} The close table has no such reason. ${nextSteps.later}`;
}

function isKnown(reason: string): reason is CloseReason {
  return Object.hasOwn(closeReasons, reason);
}
