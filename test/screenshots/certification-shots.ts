import { certification } from "../support/certification.ts";
import type { Shot } from "./shots.ts";

const { created, updated, approved, rejected, charged, paid, issued, expiring, scheduled, audited } =
  certification;

const malee = { person: "Malee Srisuk" };
const second = { applicationId: "app-2", applicationNumber: "APP-1002", standardName: "Organic Thailand" };
const third = { applicationId: "app-3", applicationNumber: "APP-1003", standardName: "GAP" };
const somchai = {
  ...{ farmerId: "somchai", farmerName: "สมชาย ใจดี", farmName: "สวนสมุนไพรใจดี" },
  ...{ applicationNumber: "APP-2001", applicationId: "app-9" },
};

/** What the office has done so far. */
const past = [
  ...[created(), updated(), charged(), paid(), scheduled(), audited(), approved(), issued()],
  ...[
    created(second),
    updated(second),
    rejected({ ...second, reason: "The water test of the second field is missing." }),
  ],
  ...[created(third), charged({ paymentId: "pay-2", applicationNumber: "APP-1003", amount: 7500 })],
  ...[created(somchai), updated(somchai), charged({ ...somchai, paymentId: "pay-9" })],
  ...[paid({ ...somchai, paymentId: "pay-9", amount: 2500, receiptNumber: "RC-7009" })],
  scheduled({ ...somchai, auditId: "audit-9", scheduledDate: "2026-12-10", location: "สวนสมุนไพรใจดี" }),
];

/** The pages of scenario A. */
export const certificationShots: readonly Shot[] = [
  { name: "farm-empty", as: { ...malee, path: "/farm" } },
  { name: "assignments-empty", as: { person: "Prasert Chai", path: "/assignments" } },
  { name: "office-empty-th", as: { person: "กฤษณ์ ทองดี", path: "/admin", language: "th" } },
  { name: "office-empty", as: { person: "Anong Wattana", path: "/admin" } },
  { name: "farm", as: { ...malee, path: "/farm" }, after: past },
  { name: "farm-th", as: { person: "สมชาย ใจดี", path: "/farm", language: "th" } },
  { name: "applications", as: { ...malee, path: "/applications" } },
  { name: "application", as: { ...malee, path: "/applications/app-1" } },
  { name: "application-th", as: { ...malee, path: "/applications/app-2", language: "th" } },
  { name: "payments", as: { ...malee, path: "/payments" } },
  { name: "payments-th", as: { ...malee, path: "/payments", language: "th" } },
  { name: "assignments", as: { person: "Prasert Chai", path: "/assignments" } },
  { name: "assignments-th", as: { person: "Prasert Chai", path: "/assignments", language: "th" } },
  { name: "office", as: { person: "Anong Wattana", path: "/admin" } },
  { name: "office-th", as: { person: "กฤษณ์ ทองดี", path: "/admin", language: "th" } },
  {
    name: "office-play",
    as: { person: "Anong Wattana", path: "/admin" },
    act: async (page) => {
      await page.getByRole("button", { name: "Play the backend" }).click();
      await page.getByRole("button", { name: "Create an application" }).click();
      await page.locator(".played li").first().waitFor();
    },
  },
  { name: "farm-expiring", as: { ...malee, path: "/farm" }, after: [expiring(12)] },
];
