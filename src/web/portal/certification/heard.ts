import * as z from "zod/mini";
import type { Received } from "../../../client/index.ts";

/** One event of the certification platform, by its name and with the fields that the pages read. */
function told<const Name extends string, const Shape extends Readonly<Record<string, z.ZodMiniType>>>(
  event: Name,
  shape: Shape,
) {
  return z.object({
    ...{ id: z.string(), at: z.number(), channel: z.string() },
    event: z.literal(event),
    data: z.object(shape),
  });
}

const text = z.string();
const application = { applicationId: text, applicationNumber: text };
const reason = z.nullish(text);
const certificate = { certificateId: text, certificateNumber: text, expiryDate: text };
const audit = { auditId: text, applicationNumber: text, farmerId: z.optional(text) };

/** What src/config/routes.ts makes of the domain events, as it lies in the reader's log. */
const heard = z.discriminatedUnion("event", [
  told("application:created", { ...application, standardName: text, status: text }),
  told("application:updated", { ...application, status: text }),
  told("application:approved", { ...application, reason }),
  told("application:rejected", { ...application, reason }),
  told("payment:created", {
    ...{ paymentId: text, applicationNumber: text, amount: z.number() },
    dueDate: z.nullish(text),
  }),
  told("payment:confirmed", {
    ...{ paymentId: text, applicationNumber: text, amount: z.number(), receiptNumber: text },
  }),
  told("certificate:issued", {
    ...{ ...certificate, farmName: text, score: z.number(), issuedDate: text, pdfUrl: text },
  }),
  told("certificate:expiring", certificate),
  told("audit:scheduled", { ...audit, scheduledDate: text, location: z.nullish(text) }),
  told("audit:completed", {
    ...{ ...audit, completedDate: text, result: z.optional(text), score: z.nullish(z.number()) },
  }),
  told("system:announcement", { title: text, message: text }),
  told("application:new", {
    ...{ ...application, farmerName: text, farmName: text, standardName: text },
  }),
  told("payment:received", {
    ...{ paymentId: text, applicationNumber: text, farmerName: text, amount: z.number() },
  }),
  told("user:presence", {
    ...{ userId: text, status: z.enum(["online", "offline"]), timestamp: z.number() },
  }),
]);

export type Heard = z.infer<typeof heard>;
export type HeardName = Heard["event"];
export type HeardOf<Name extends HeardName> = Extract<Heard, { readonly event: Name }>;

/** What of a log belongs to this scenario, in its order; anything else, and data that does not fit, is passed over. */
export function hear(events: readonly Received[]): readonly Heard[] {
  return events.flatMap((event) => {
    const { success, data } = heard.safeParse(event);
    return success ? [data] : [];
  });
}

/** What was said to the reader alone, and not to an office that they may belong to as well. */
export function toReader(events: readonly Heard[]): readonly Heard[] {
  return events.filter(({ channel }) => channel.startsWith("user:"));
}
