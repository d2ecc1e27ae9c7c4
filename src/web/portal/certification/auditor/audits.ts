import { type Heard, toReader } from "../heard.ts";

export interface Audit {
  readonly id: string;
  readonly applicationNumber: string;
  readonly farmer: string | undefined;
  readonly location: string | undefined;
  /** When it will be, or when it was. */
  readonly date: string;
  /** What came of it; nothing while it is ahead. */
  readonly outcome: { readonly result: string | undefined; readonly score: number | undefined } | undefined;
}

/** An auditor's assignments as far as the log tells: what is ahead, the soonest first, and what is done, the latest first. */
export function auditsOf(events: readonly Heard[]): {
  readonly ahead: readonly Audit[];
  readonly done: readonly Audit[];
} {
  const byId = new Map<string, Audit>();
  for (const { event, data } of toReader(events)) {
    if (event === "audit:scheduled") {
      const { auditId: id, applicationNumber, farmerId: farmer, location, scheduledDate: date } = data;
      byId.set(id, {
        ...{ id, applicationNumber, farmer, date },
        ...{ location: location ?? undefined, outcome: undefined },
      });
    } else if (event === "audit:completed") {
      const { auditId: id, applicationNumber, farmerId: farmer, completedDate: date, result, score } = data;
      const outcome = { result, score: score ?? undefined };
      byId.set(id, { id, applicationNumber, farmer, date, location: byId.get(id)?.location, outcome });
    }
  }
  const byDate = [...byId.values()].sort((one, other) => Date.parse(one.date) - Date.parse(other.date));
  return {
    ahead: byDate.filter(({ outcome }) => !outcome),
    done: byDate.filter(({ outcome }) => outcome).reverse(),
  };
}
