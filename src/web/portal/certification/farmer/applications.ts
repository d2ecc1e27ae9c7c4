import type { Heard, HeardOf } from "../heard.ts";

/** How far an application has come: handed in, being looked at, decided, and its certificate issued. */
export type Stage = "submitted" | "review" | "approved" | "rejected" | "certified";

/** What happens to one application, in its order: what its page tells as a story. */
export type Step = HeardOf<
  | "application:created"
  | "application:updated"
  | "application:approved"
  | "application:rejected"
  | "payment:created"
  | "payment:confirmed"
  | "audit:scheduled"
  | "audit:completed"
  | "certificate:issued"
>;

export interface Application {
  readonly id: string;
  readonly number: string;
  /** Nothing where the log does not reach back to its beginning. */
  readonly standard: string | undefined;
  readonly stage: Stage;
  /** As the backend last called it. */
  readonly status: string;
  /** Of its last step, in ms since 1970. */
  readonly at: number;
  readonly steps: readonly Step[];
}

/**
 * A farmer's applications, the newest first, as far as the log tells: it keeps the last LOG_EVENTS events of LOG_DAYS
 * days, so one of which nothing was heard for longer is not among them.
 *
 * A certificate does not name its application. It is taken to be that of the newest one that is approved and has none yet.
 */
export function applicationsOf(events: readonly Heard[]): readonly Application[] {
  const byId = new Map<string, Application>();
  const tell = (known: Application, step: Step, change: Partial<Application> = {}) =>
    byId.set(known.id, { ...known, ...change, at: step.at, steps: [...known.steps, step] });
  const find = (fits: (one: Application) => boolean) => [...byId.values()].findLast(fits);
  for (const event of events) {
    switch (event.event) {
      case "application:created":
      case "application:updated":
      case "application:approved":
      case "application:rejected": {
        const { applicationId, applicationNumber } = event.data;
        tell(byId.get(applicationId) ?? begun(applicationId, applicationNumber), event, changeOf(event));
        break;
      }
      case "payment:created":
      case "payment:confirmed":
      case "audit:scheduled":
      case "audit:completed": {
        const known = find(({ number }) => number === event.data.applicationNumber);
        if (known) tell(known, event);
        break;
      }
      case "certificate:issued": {
        const known = find(({ stage }) => stage === "approved");
        if (known) tell(known, event, { stage: "certified" });
        break;
      }
    }
  }
  return [...byId.values()].reverse();
}

function begun(id: string, number: string): Application {
  return {
    ...{ id, number, standard: undefined },
    ...{ stage: "submitted", status: "submitted" },
    at: 0,
    steps: [],
  };
}

function changeOf(
  event: HeardOf<
    "application:created" | "application:updated" | "application:approved" | "application:rejected"
  >,
): Partial<Application> {
  switch (event.event) {
    case "application:created": {
      const { standardName, status } = event.data;
      return { standard: standardName, status, stage: stageOf(status) };
    }
    case "application:updated":
      return { status: event.data.status, stage: stageOf(event.data.status) };
    case "application:approved":
      return { status: "approved", stage: "approved" };
    case "application:rejected":
      return { status: "rejected", stage: "rejected" };
  }
}

/** A backend names its statuses as it likes; what is not one of these is somewhere on the way. */
function stageOf(status: string): Stage {
  return status === "submitted" || status === "approved" || status === "rejected" ? status : "review";
}

/** How it stands in one word: what the backend calls it on the way, and the stage once it is decided. */
export function statusOf({ stage, status }: Application): string {
  return stage === "review" ? status : stage;
}
