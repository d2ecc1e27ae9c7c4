import { randomBytes } from "node:crypto";
import { SUBPROTOCOL } from "../../src/protocol/frames.ts";

/** What browsers offer. */
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";

/** The HTTP request by which a client asks for a WebSocket, as it goes over the wire. */
export function upgradeRequest(wanted: {
  readonly port: number;
  /** Path and query. */
  readonly target: string;
  readonly token: string;
  readonly offersDeflate: boolean;
}): string {
  const { port, target, token, offersDeflate } = wanted;
  const lines = [
    `GET ${target} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
    `Authorization: Bearer ${token}`,
    ...(offersDeflate ? [DEFLATE] : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}
