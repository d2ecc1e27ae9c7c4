import type { Heard } from "../heard.ts";

export interface Certificate {
  readonly id: string;
  readonly number: string;
  readonly expiryDate: string;
  /** Whether the office has said that it runs out soon. */
  readonly isExpiring: boolean;
  /** Nothing where the log does not reach back to when it was issued. */
  readonly issued: { readonly farmName: string; readonly score: number; readonly pdfUrl: string } | undefined;
}

/** A farmer's certificates as far as the log tells, the newest first. */
export function certificatesOf(events: readonly Heard[]): readonly Certificate[] {
  const byId = new Map<string, Certificate>();
  for (const { event, data } of events) {
    if (event !== "certificate:issued" && event !== "certificate:expiring") continue;
    const { certificateId: id, certificateNumber: number, expiryDate } = data;
    const issued = event === "certificate:issued" ? data : byId.get(id)?.issued;
    byId.set(id, { id, number, expiryDate, issued, isExpiring: event === "certificate:expiring" });
  }
  return [...byId.values()].reverse();
}

/** The one that a farmer should look at: what expires first of those that expire soon, or else the newest. */
export function mostUrgent(certificates: readonly Certificate[]): Certificate | undefined {
  const expiring = certificates.filter(({ isExpiring }) => isExpiring);
  return expiring.sort((one, other) => one.expiryDate.localeCompare(other.expiryDate))[0] ?? certificates[0];
}
