/** Domain events of the certification platform, as its backend posts them; what is given stands in place of the rest. */
export const certification = {
  created: (data: object = {}) => ({
    event: "application:created",
    data: { ...application, ...submitted, ...data },
  }),
  updated: (data: object = {}) => ({
    event: "application:updated",
    data: {
      ...application,
      status: "under_review",
      updatedFields: ["status"],
      assignedAdminId: "anong",
      ...data,
    },
  }),
  approved: (data: object = {}) => ({ event: "application:approved", data: { ...application, ...data } }),
  rejected: (data: object = {}) => ({
    event: "application:rejected",
    data: { ...application, reason: "The water test is missing.", ...data },
  }),
  charged: (data: object = {}) => ({
    event: "payment:created",
    data: { ...payment, dueDate: "2027-01-15", ...data },
  }),
  paid: (data: object = {}) => ({
    event: "payment:confirmed",
    data: { ...payment, farmerName: "Malee Srisuk", receiptNumber: "RC-7001", ...data },
  }),
  issued: (data: object = {}) => ({
    event: "certificate:issued",
    data: {
      ...{ ...certificate, farmName: "Malee Herb Garden", score: 92, issuedDate: "2026-11-01" },
      ...{ expiryDate: "2029-10-31", pdfUrl: "https://certificates.example/CERT-5001.pdf", ...data },
    },
  }),
  /** @param days from now. */
  expiring: (days: number, data: object = {}) => ({
    event: "certificate:expiring",
    data: { ...certificate, expiryDate: dayFromNow(days), daysLeft: days, ...data },
  }),
  scheduled: (data: object = {}) => ({
    event: "audit:scheduled",
    data: { ...audit, scheduledDate: "2026-12-03", location: "Malee Herb Garden", ...data },
  }),
  audited: (data: object = {}) => ({
    event: "audit:completed",
    data: { ...audit, completedDate: "2026-12-03", result: "passed", score: 92, ...data },
  }),
};

const application = { farmerId: "malee", applicationId: "app-1", applicationNumber: "APP-1001" };
const submitted = {
  ...{ farmerName: "Malee Srisuk", farmName: "Malee Herb Garden", standardName: "GACP" },
  ...{ status: "submitted", submittedDate: "2026-11-20" },
};
const payment = { farmerId: "malee", paymentId: "pay-1", applicationNumber: "APP-1001", amount: 5000 };
const certificate = { farmerId: "malee", certificateId: "cert-1", certificateNumber: "CERT-5001" };
const audit = { farmerId: "malee", auditorId: "prasert", auditId: "audit-1", applicationNumber: "APP-1001" };

/** A day of the calendar in Bangkok, where the browsers of the tests are. */
function dayFromNow(days: number): string {
  const format = new Intl.DateTimeFormat("sv", { timeZone: "Asia/Bangkok" });
  return format.format(Date.now() + days * 86_400_000);
}
