import { type Heard, type HeardName, type HeardOf, toReader } from "../heard.ts";
import { sumOf } from "../sum-of.ts";
import { type Application, applicationsOf } from "./applications.ts";
import { type Certificate, certificatesOf } from "./certificates.ts";
import { isPaid, type Payment, paymentsOf } from "./payments.ts";

/** What a farmer is told of, as their log has it. */
export interface Farm {
  readonly applications: readonly Application[];
  readonly payments: readonly Payment[];
  readonly certificates: readonly Certificate[];
  /** The newest first. */
  readonly news: readonly News[];
}

const newsworthy = [
  ...([
    "application:created",
    "application:updated",
    "application:approved",
    "application:rejected",
  ] as const),
  ...(["payment:created", "payment:confirmed", "audit:scheduled", "audit:completed"] as const),
  ...(["certificate:issued", "certificate:expiring", "system:announcement"] as const),
] satisfies readonly HeardName[];

export type News = HeardOf<(typeof newsworthy)[number]>;

export function farmOf(events: readonly Heard[]): Farm {
  const own = toReader(events);
  return {
    applications: applicationsOf(own),
    payments: paymentsOf(own),
    certificates: certificatesOf(own),
    news: own.filter(isNews).reverse(),
  };
}

/** The numbers of the dashboard, of what the log still has. */
export function countsOf({ applications, payments, certificates }: Farm) {
  const stages = Object.groupBy(applications, ({ stage }) => stage);
  const count = (...wanted: readonly Application["stage"][]) =>
    wanted.reduce((sum, stage) => sum + (stages[stage]?.length ?? 0), 0);
  return {
    inProgress: count("submitted", "review"),
    approved: count("approved", "certified"),
    rejected: count("rejected"),
    open: sumOf(payments.filter((one) => !isPaid(one))),
    paid: sumOf(payments.filter(isPaid)),
    certificates: certificates.length,
  };
}

function isNews(event: Heard): event is News {
  return newsworthy.some((name) => name === event.event);
}
