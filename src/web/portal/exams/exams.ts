import * as z from "zod/mini";
import type { Received } from "../../../client/index.ts";

const assignment = z.object({
  examId: z.string(),
  examTitle: z.string(),
  questions: z.number(),
  dueAt: z.string(),
});

const notice = z.object({ examId: z.string(), examTitle: z.string() });

/** An exam that somebody is to sit. */
export interface Exam {
  readonly id: string;
  readonly title: string;
  readonly questions: number;
  /** A calendar day or a moment, as ISO 8601 writes them. */
  readonly dueAt: string;
  /** Whether everybody of the role has been told that it is there. */
  readonly isPublished: boolean;
}

/** An exam that everybody of a role has been told of. */
export interface ExamNotice {
  readonly id: string;
  readonly title: string;
  /** ms since 1970. */
  readonly at: number;
}

export interface ExamBoard {
  readonly assigned: readonly Exam[];
  /** The newest first, without those that are assigned. */
  readonly notices: readonly ExamNotice[];
}

/**
 * What a log tells of exams, each of them once: what was assigned anew is as it was last told, what was published again is
 * as old as at first, and what is assigned and published is assigned.
 */
export function examsOf(events: readonly Received[]): ExamBoard {
  const assigned = new Map<string, z.infer<typeof assignment>>();
  const published = new Map<string, ExamNotice>();
  for (const { event, data, at } of events) {
    if (event === "exam:assigned") {
      const told = assignment.safeParse(data);
      if (told.success) assigned.set(told.data.examId, told.data);
    } else if (event === "exam:published") {
      const told = notice.safeParse(data);
      if (!told.success || published.has(told.data.examId)) continue;
      published.set(told.data.examId, { id: told.data.examId, title: told.data.examTitle, at });
    }
  }
  return {
    assigned: [...assigned.values()].map(({ examId, examTitle, questions, dueAt }) => ({
      id: examId,
      title: examTitle,
      questions,
      dueAt,
      isPublished: published.has(examId),
    })),
    notices: [...published.values()].filter(({ id }) => !assigned.has(id)).reverse(),
  };
}
