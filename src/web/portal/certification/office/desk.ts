import type { Heard } from "../heard.ts";

/** An application as the office sees it. */
export interface DeskApplication {
  readonly id: string;
  readonly number: string;
  readonly farmer: string;
  readonly farm: string;
  readonly standard: string;
  /** When the office was told of it, in ms since 1970. */
  readonly at: number;
  readonly status: string;
  /** When it was decided. */
  readonly decidedAt: number | undefined;
  readonly reason: string | undefined;
}

/** A payment that has come in. */
export interface Receipt {
  readonly id: string;
  readonly applicationNumber: string;
  readonly farmer: string;
  /** Baht. */
  readonly amount: number;
  readonly at: number;
}

export interface Desk {
  readonly applications: readonly DeskApplication[];
  readonly payments: readonly Receipt[];
}

/**
 * The office's desk, the newest first, as far as an administrator's log tells: it keeps the last LOG_EVENTS events of
 * LOG_DAYS days, and begins with the administrator's first visit. Only the one to whom an application is assigned is told
 * of its updates, and may be before all are told of the application itself.
 */
export function deskOf(events: readonly Heard[]): Desk {
  const applications = new Map<string, DeskApplication>();
  const payments = new Map<string, Receipt>();
  const statuses = new Map<string, string>();
  for (const { event, data, at } of events) {
    switch (event) {
      case "application:new": {
        const { applicationId: id, applicationNumber: number, farmerName, farmName, standardName } = data;
        applications.set(id, {
          ...{ id, number, at, farmer: farmerName, farm: farmName, standard: standardName },
          ...{ status: statuses.get(id) ?? "submitted", decidedAt: undefined, reason: undefined },
        });
        break;
      }
      case "application:updated": {
        statuses.set(data.applicationId, data.status);
        const known = applications.get(data.applicationId);
        if (known && !known.decidedAt) applications.set(known.id, { ...known, status: data.status });
        break;
      }
      case "application:approved":
      case "application:rejected": {
        const known = applications.get(data.applicationId);
        const status = event === "application:approved" ? "approved" : "rejected";
        const reason = data.reason ?? undefined;
        if (known) applications.set(known.id, { ...known, status, reason, decidedAt: at });
        break;
      }
      case "payment:received": {
        const { paymentId: id, applicationNumber, farmerName: farmer, amount } = data;
        payments.set(id, { id, applicationNumber, farmer, amount, at });
        break;
      }
    }
  }
  return { applications: [...applications.values()].reverse(), payments: [...payments.values()].reverse() };
}
