/** The header that says when a webhook was sent and proves by whom: `t=<seconds>,v1=<hex>`, one `v1` for each secret. */
export const SIGNATURE_HEADER = "Carillon-Signature";

/** What a signature header says. */
export interface WebhookSignature {
  /** When it was signed, in seconds since 1970. */
  readonly timestamp: number;
  /** HMACs with SHA-256, each of 32 bytes. */
  readonly signatures: readonly Uint8Array<ArrayBuffer>[];
}

const encoder = new TextEncoder();
const algorithm = { name: "HMAC", hash: "SHA-256" };

/**
 * Signs what is about to be sent: of each secret the HMAC with SHA-256, in hexadecimal digits, of the timestamp, a full
 * stop and the body.
 *
 * @param timestamp seconds since 1970.
 * @returns the value of the header.
 */
export async function signWebhook(
  secrets: readonly string[],
  timestamp: number,
  body: string,
): Promise<string> {
  const signed = encoder.encode(`${timestamp}.${body}`);
  const parts = secrets.map(async (secret) => {
    const signature = await crypto.subtle.sign("HMAC", await keyOf(secret, "sign"), signed);
    return `v1=${hexOf(new Uint8Array(signature))}`;
  });
  return [`t=${timestamp}`, ...(await Promise.all(parts))].join(",");
}

/** Reads a signature header, or nothing where it is none. What it says besides, in later versions, is passed over. */
export function readSignature(header: string): WebhookSignature | undefined {
  const parts = header.split(",").map((part) => part.trim());
  const [timestamp] = parts.flatMap((part) => /^t=(\d{1,12})$/.exec(part)?.[1] ?? []);
  const signatures = parts.flatMap((part) => {
    const digits = /^v1=([0-9a-f]{64})$/i.exec(part)?.[1];
    return digits === undefined ? [] : bytesOf(digits);
  });
  if (timestamp === undefined || signatures.length === 0) return undefined;
  return { timestamp: Number(timestamp), signatures };
}

/** Whether one of the signatures is that of one of the secrets; how long that takes tells nothing about them. */
export async function isSigned(
  { timestamp, signatures }: WebhookSignature,
  secrets: readonly string[],
  body: Uint8Array,
): Promise<boolean> {
  const start = encoder.encode(`${timestamp}.`);
  const signed = new Uint8Array(start.length + body.length);
  signed.set(start);
  signed.set(body, start.length);
  const checks = secrets.flatMap((secret) =>
    signatures.map(async (signature) =>
      crypto.subtle.verify("HMAC", await keyOf(secret, "verify"), signature, signed),
    ),
  );
  return (await Promise.all(checks)).includes(true);
}

function keyOf(secret: string, use: "sign" | "verify") {
  return crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, [use]);
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
