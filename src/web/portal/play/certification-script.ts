import { nameOf, people } from "../people.ts";
import type { Act, Script } from "./act.ts";
import { applicationOf, auditOf, certificateOf, move, owned, paymentOf } from "./certification-records.ts";
import { numberFor } from "./ledger.ts";
import { oneOf } from "./one-of.ts";

const DAY = 86_400_000;

/** To whom the backend gives the applications. */
const ADMIN = "anong";

const farms: Readonly<Record<string, string>> = { somchai: "สวนสมุนไพรใจดี", malee: "Malee Herb Garden" };
const standards = ["GACP", "GAP", "Organic Thailand"] as const;
/** Baht. */
const fees = [2500, 5000, 7500] as const;

/** The states of an application that waits for its decision. */
const undecided = ["submitted", "review"];

const reasons = {
  en: "The water test of the second field is missing.",
  th: "ยังขาดผลตรวจคุณภาพน้ำของแปลงที่ 2",
};

const acts: readonly Act[] = [
  {
    id: "create",
    icon: "file",
    label: { en: "Create an application", th: "ยื่นคำขอใหม่" },
    play: (ledger, farmer) => {
      const number = numberFor("APP");
      const { id } = ledger.write({ ...owned("application", farmer), label: number, state: "submitted" });
      const data = {
        ...{ farmerId: farmer, farmerName: nameOf(farmer), farmName: farmOf(farmer) },
        ...{ applicationId: id, applicationNumber: number, standardName: oneOf(standards) },
        ...{ status: "submitted", submittedDate: dayFromNow(0) },
      };
      return [{ event: "application:created", data }];
    },
  },
  {
    id: "review",
    icon: "clock",
    label: { en: "Start its review", th: "เริ่มพิจารณาคำขอ" },
    isPossible: (ledger, farmer) => ledger.newest("application", farmer, "submitted") !== undefined,
    play: (ledger, farmer) => {
      const record = move(ledger, "application", farmer, ["submitted"], "review");
      if (!record) return [];
      const data = {
        ...applicationOf(record),
        ...{ status: "under_review", updatedFields: ["status"], assignedAdminId: ADMIN },
      };
      return [{ event: "application:updated", data }];
    },
  },
  {
    id: "charge",
    icon: "card",
    label: { en: "Ask for a payment", th: "แจ้งยอดชำระเงิน" },
    isPossible: (ledger, farmer) =>
      ledger.newest("application", farmer, ...undecided) !== undefined &&
      ledger.newest("payment", farmer, "open") === undefined,
    play: (ledger, farmer) => {
      const application = ledger.newest("application", farmer, ...undecided);
      if (!application) return [];
      const record = ledger.write({
        ...{ ...owned("payment", farmer), label: application.label },
        ...{ state: "open", count: oneOf(fees) },
      });
      return [{ event: "payment:created", data: { ...paymentOf(record), dueDate: dayFromNow(14) } }];
    },
  },
  {
    id: "confirm",
    icon: "check",
    label: { en: "Confirm the payment", th: "ยืนยันการชำระเงิน" },
    isPossible: (ledger, farmer) => ledger.newest("payment", farmer, "open") !== undefined,
    play: (ledger, farmer) => {
      const record = move(ledger, "payment", farmer, ["open"], "paid");
      if (!record) return [];
      const data = { ...paymentOf(record), farmerName: nameOf(farmer), receiptNumber: numberFor("RC") };
      return [{ event: "payment:confirmed", data }];
    },
  },
  {
    id: "schedule",
    icon: "clipboard",
    label: { en: "Schedule an audit", th: "นัดตรวจประเมิน" },
    isPossible: (ledger, farmer) =>
      ledger.newest("application", farmer, ...undecided) !== undefined &&
      ledger.newest("audit", farmer, "scheduled") === undefined,
    play: (ledger, farmer) => {
      const application = ledger.newest("application", farmer, ...undecided);
      if (!application) return [];
      const record = ledger.write({
        ...{ ...owned("audit", farmer), label: application.label, state: "scheduled" },
      });
      const data = { ...auditOf(record), scheduledDate: dayFromNow(7), location: farmOf(farmer) };
      return [{ event: "audit:scheduled", data }];
    },
  },
  {
    id: "audit",
    icon: "clipboard",
    label: { en: "Complete the audit", th: "ตรวจประเมินเสร็จ" },
    isPossible: (ledger, farmer) => ledger.newest("audit", farmer, "scheduled") !== undefined,
    play: (ledger, farmer) => {
      const record = move(ledger, "audit", farmer, ["scheduled"], "completed");
      if (!record) return [];
      const data = { ...auditOf(record), completedDate: dayFromNow(0), result: "passed", score: 92 };
      return [{ event: "audit:completed", data }];
    },
  },
  {
    id: "approve",
    icon: "check",
    label: { en: "Approve the application", th: "อนุมัติคำขอ" },
    isPossible: (ledger, farmer) => ledger.newest("application", farmer, ...undecided) !== undefined,
    play: (ledger, farmer) => {
      const record = move(ledger, "application", farmer, undecided, "approved");
      return record ? [{ event: "application:approved", data: applicationOf(record) }] : [];
    },
  },
  {
    id: "reject",
    icon: "close",
    label: { en: "Reject it, with a reason", th: "ไม่อนุมัติคำขอ พร้อมเหตุผล" },
    isPossible: (ledger, farmer) => ledger.newest("application", farmer, ...undecided) !== undefined,
    play: (ledger, farmer) => {
      const record = move(ledger, "application", farmer, undecided, "rejected");
      if (!record) return [];
      const reason = speaks(farmer) === "th" ? reasons.th : reasons.en;
      return [{ event: "application:rejected", data: { ...applicationOf(record), reason } }];
    },
  },
  {
    id: "issue",
    icon: "award",
    label: { en: "Issue the certificate", th: "ออกใบรับรอง" },
    isPossible: (ledger, farmer) => ledger.newest("application", farmer, "approved") !== undefined,
    play: (ledger, farmer) => {
      if (!move(ledger, "application", farmer, ["approved"], "certified")) return [];
      const number = numberFor("CERT");
      const record = ledger.write({ ...owned("certificate", farmer), label: number, state: "valid" });
      const data = {
        ...{ ...certificateOf(record), farmName: farmOf(farmer), score: 92 },
        ...{ issuedDate: dayFromNow(0), expiryDate: dayFromNow(3 * 365) },
        pdfUrl: `https://certificates.example/${number}.pdf`,
      };
      return [{ event: "certificate:issued", data }];
    },
  },
  {
    id: "expire",
    icon: "alert",
    label: { en: "Warn that it expires", th: "แจ้งเตือนใบรับรองใกล้หมดอายุ" },
    isPossible: (ledger, farmer) => ledger.newest("certificate", farmer, "valid") !== undefined,
    play: (ledger, farmer) => {
      const record = move(ledger, "certificate", farmer, ["valid"], "expiring");
      if (!record) return [];
      const data = { ...certificateOf(record), expiryDate: dayFromNow(30), daysLeft: 30 };
      return [{ event: "certificate:expiring", data }];
    },
  },
  {
    id: "announce",
    icon: "megaphone",
    label: { en: "Announce maintenance", th: "ประกาศปิดปรับปรุงระบบ" },
    play: () => [
      {
        event: "system:announcement",
        data: {
          title: "ปิดปรับปรุงระบบ · Maintenance",
          message: "คืนนี้ 22:00–23:00 น. · Tonight from 22:00 to 23:00",
          ...{ type: "warning", priority: "normal" },
        },
      },
    ],
  },
];

/** The office that certifies farms. */
export const certificationScript: Script = { about: ["farmer"], acts };

function speaks(user: string): string | undefined {
  return people.certification.find(({ id }) => id === user)?.language;
}

function farmOf(user: string): string {
  return farms[user] ?? nameOf(user);
}

/** A day of the calendar where the visitor is. */
function dayFromNow(days: number): string {
  return new Intl.DateTimeFormat("sv").format(Date.now() + days * DAY);
}
