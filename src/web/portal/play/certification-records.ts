import type { Ledger, LedgerRecord } from "./ledger.ts";

/** To whom the backend gives the audits. */
const AUDITOR = "prasert";

/** The newest record of a kind in one of these states, moved to another. */
export function move(
  ledger: Ledger,
  kind: string,
  owner: string,
  from: readonly string[],
  state: string,
): LedgerRecord | undefined {
  const record = ledger.newest(kind, owner, ...from);
  return record && ledger.write({ ...record, state });
}

/** A new record of a farmer's. */
export function owned(kind: string, owner: string): Pick<LedgerRecord, "kind" | "id" | "owner"> {
  return { kind, owner, id: crypto.randomUUID() };
}

/** What every event about a record says of it: an application, a payment, an audit, a certificate. */
export function applicationOf({ owner, id, label }: LedgerRecord) {
  return { farmerId: owner, applicationId: id, applicationNumber: label };
}

export function paymentOf({ owner, id, label, count = 0 }: LedgerRecord) {
  return { farmerId: owner, paymentId: id, applicationNumber: label, amount: count };
}

export function auditOf({ owner, id, label }: LedgerRecord) {
  return { farmerId: owner, auditorId: AUDITOR, auditId: id, applicationNumber: label };
}

export function certificateOf({ owner, id, label }: LedgerRecord) {
  return { farmerId: owner, certificateId: id, certificateNumber: label };
}
