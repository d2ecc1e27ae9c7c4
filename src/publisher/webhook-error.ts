/**
 * Why a webhook is not to be believed:
 * - `missing_signature`: the header is not there, or is none of Carillon's;
 * - `wrong_signature`: it was signed with another secret, or something was changed on the way;
 * - `expired`: it was signed too long ago, or in the future: somebody may be sending again what they overheard;
 * - `invalid_body`: it is signed, but is no webhook that this version knows.
 */
export type WebhookErrorCode = "missing_signature" | "wrong_signature" | "expired" | "invalid_body";

/** A webhook is not to be believed. Nothing in it holds a secret. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
  readonly code: WebhookErrorCode;

  constructor(code: WebhookErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
