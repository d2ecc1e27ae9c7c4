import * as z from "zod/mini";
import type { Received } from "../../../client/index.ts";

const change = z.object({
  applicationId: z.string(),
  applicationNumber: z.string(),
  status: z.string(),
  previousStatus: z.optional(z.string()),
});

const assignment = z.object({
  applicationId: z.string(),
  applicationNumber: z.string(),
  assignedBy: z.optional(z.string()),
});

/** One step of an application. */
export interface StatusChange {
  /** Of the event. */
  readonly id: string;
  readonly status: string;
  readonly previous: string | undefined;
  /** ms since 1970. */
  readonly at: number;
}

export interface Licence {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  /** The newest first. */
  readonly history: readonly StatusChange[];
}

/** The applications that a log tells of, the one that was told of last first: a change moves none of them. */
export function licencesOf(events: readonly Received[]): readonly Licence[] {
  const licences = new Map<string, Licence>();
  for (const { event, id, data, at } of events) {
    if (event !== "application:status-changed") continue;
    const told = change.safeParse(data);
    if (!told.success) continue;
    const { applicationId, applicationNumber, status, previousStatus } = told.data;
    const before = licences.get(applicationId);
    const step = { id, status, previous: previousStatus ?? before?.status, at };
    licences.set(applicationId, {
      id: applicationId,
      number: applicationNumber,
      status,
      history: [step, ...(before?.history ?? [])],
    });
  }
  return [...licences.values()].reverse();
}

/** An application that was given to somebody to handle. */
export interface Assignment {
  /** Of the event, and so of its notification. */
  readonly id: string;
  readonly applicationId: string;
  readonly number: string;
  readonly by: string | undefined;
  /** ms since 1970. */
  readonly at: number;
}

/** What a log tells an officer to handle, the newest first; what was assigned again stands where it was assigned last. */
export function assignmentsOf(events: readonly Received[]): readonly Assignment[] {
  const assignments = new Map<string, Assignment>();
  for (const { event, id, data, at } of events) {
    if (event !== "application:assigned") continue;
    const told = assignment.safeParse(data);
    if (!told.success) continue;
    const { applicationId, applicationNumber: number, assignedBy: by } = told.data;
    assignments.delete(applicationId);
    assignments.set(applicationId, { id, applicationId, number, by, at });
  }
  return [...assignments.values()].reverse();
}
