import { z } from "zod";

/** An id of the backend's: of a user, an application, a clinic. */
const id = z.string().min(1).max(128);

/** A name or a number that a person reads, on one line. */
const line = z.string().min(1).max(200);

/** A text that a person reads. */
const text = z.string().min(1).max(2000);

/** A calendar day (`2026-01-31`) or a moment (`2026-01-31T09:30:00Z`, or with an offset). */
const date = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "It is a date, or a date and time with its offset, as ISO 8601 writes them.",
});

const amount = z.number().nonnegative();

const application = z.object({ farmerId: id, applicationId: id, applicationNumber: line });
const payment = z.object({ farmerId: id, paymentId: id, applicationNumber: line, amount });
const certificate = z.object({ farmerId: id, certificateId: id, certificateNumber: line });
const audit = z.object({ farmerId: id, auditorId: id, auditId: id, applicationNumber: line });
const licence = z.object({ applicationId: id, applicationNumber: line });

/**
 * The data of each event that backends post without saying for whom; `routes.ts` says what becomes of them. Data that
 * does not fit is refused with `invalid_data`; fields that are not named here are left out. The types below are made
 * from it, so that a publisher is told of a wrong field when it is compiled.
 */
export const events = {
  // The certification platform.
  "application:created": application.extend({
    farmerName: line,
    farmName: line,
    standardName: line,
    status: line,
    submittedDate: date,
  }),
  "application:updated": application.extend({
    status: line,
    updatedFields: z.array(line).max(100),
    assignedAdminId: id.nullish(),
  }),
  "application:approved": application.extend({ status: line.optional(), reason: text.nullish() }),
  "application:rejected": application.extend({ status: line.optional(), reason: text }),
  "payment:created": payment.extend({ dueDate: date.nullish() }),
  "payment:confirmed": payment.extend({ farmerName: line, receiptNumber: line }),
  "certificate:issued": certificate.extend({
    farmName: line,
    score: z.number(),
    issuedDate: date,
    expiryDate: date,
    pdfUrl: text,
  }),
  "certificate:expiring": certificate.extend({
    expiryDate: date,
    daysLeft: z.number().int().nonnegative().optional(),
  }),
  "audit:scheduled": audit.extend({ scheduledDate: date, location: line.nullish() }),
  "audit:completed": audit.extend({
    completedDate: date,
    result: line.optional(),
    score: z.number().nullish(),
  }),
  "system:announcement": z.object({
    title: line,
    message: text,
    type: z.enum(["info", "warning", "error", "success"]).default("info"),
    priority: z.enum(["low", "normal", "high"]).default("normal"),
    actionUrl: text.optional(),
  }),

  // The exam bank.
  "exam:assigned": z.object({ userId: id, examId: id, examTitle: line, questions: z.int(), dueAt: date }),
  "exam:published": z.object({ role: line, examId: id, examTitle: line }),

  // The clinic's back office.
  ANNOUNCEMENT: z.object({ message: text, at: date }),
  QUEUE_UPDATE: z.object({ clinicId: id, waiting: z.int().nonnegative(), serving: line.nullish() }),
  CLINIC_ALERT: z.object({
    clinicId: id,
    message: text,
    level: z.enum(["info", "warning", "critical"]).default("warning"),
  }),

  // The licensing office.
  "application:status-changed": licence.extend({
    applicantId: id,
    status: line,
    previousStatus: line.optional(),
  }),
  "application:assigned": licence.extend({ assigneeId: id, assignedBy: line.optional() }),
  "system:alert": z.object({
    title: line,
    message: text,
    level: z.enum(["info", "warning", "critical"]).default("warning"),
  }),
} as const satisfies Readonly<Record<string, z.ZodObject>>;

/** An event that the service knows. */
export type EventName = keyof typeof events;

/** What a publisher gives as the data of an event: fields with a default may be left out. */
export type EventInput<Name extends EventName> = z.input<(typeof events)[Name]>;

/** The data of an event as it is once it was checked. */
export type EventData<Name extends EventName> = z.output<(typeof events)[Name]>;
