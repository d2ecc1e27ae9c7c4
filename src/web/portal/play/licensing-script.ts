import { type LicenceStatus, statusWords } from "../licensing/status-words.ts";
import { people } from "../people.ts";
import type { Act, Script } from "./act.ts";
import { type Ledger, type LedgerRecord, numberFor } from "./ledger.ts";

/** Tells of a state in the words of the reader, not in those of the database. */
function change(
  ledger: Ledger,
  licence: LedgerRecord,
  status: LicenceStatus,
  previous?: string,
): ReturnType<Act["play"]> {
  ledger.write({ ...licence, state: status });
  return [
    {
      event: "application:status-changed",
      data: {
        ...{
          applicantId: licence.owner,
          applicationId: licence.id,
          applicationNumber: licence.label,
          status,
        },
        ...(previous !== undefined && { previousStatus: previous }),
      },
      notification: {
        type: "application",
        title: { en: "Application updated", th: "คำขอมีการอัพเดท" },
        message: {
          en: `${licence.label}: ${statusWords.en[status]}`,
          th: `${licence.label}: ${statusWords.th[status]}`,
        },
        actionUrl: "/#/licences",
      },
    },
  ];
}

function apply(ledger: Ledger, owner: string): ReturnType<Act["play"]> {
  const label = numberFor("LIC");
  const licence = { kind: "licence", id: crypto.randomUUID(), owner, label, state: "" };
  return change(ledger, licence, "submitted");
}

interface Move {
  readonly to: LicenceStatus;
  readonly from: readonly LicenceStatus[];
  readonly icon: Act["icon"];
  readonly label: Act["label"];
}

const moves: readonly Move[] = [
  {
    to: "under_review",
    from: ["submitted", "documents_requested"],
    icon: "clipboard",
    label: { en: "Begin the review", th: "เริ่มพิจารณา" },
  },
  {
    to: "documents_requested",
    from: ["under_review"],
    icon: "file",
    label: { en: "Ask for documents", th: "ขอเอกสารเพิ่ม" },
  },
  {
    to: "approved",
    from: ["under_review"],
    icon: "stamp",
    label: { en: "Approve", th: "อนุมัติ" },
  },
  {
    to: "rejected",
    from: ["under_review"],
    icon: "close",
    label: { en: "Reject", th: "ไม่อนุมัติ" },
  },
];

const open: readonly LicenceStatus[] = ["submitted", "under_review", "documents_requested"];

const assign: Act = {
  id: "assign",
  icon: "users",
  label: { en: "Assign it to the officer", th: "มอบหมายให้เจ้าหน้าที่" },
  isPossible: (ledger, owner) => ledger.newest("licence", owner, ...open) !== undefined,
  play: (ledger, owner) => {
    const licence = ledger.newest("licence", owner, ...open);
    const officer = people.licensing.find(({ roles }) => roles.includes("officer"));
    if (!licence || !officer) return [];
    const about = { applicationId: licence.id, applicationNumber: licence.label };
    return [
      {
        event: "application:assigned",
        data: { ...about, assigneeId: officer.id, assignedBy: "Somsri Boonmee" },
      },
    ];
  },
};

const alert: Act = {
  id: "alert",
  icon: "alert",
  label: { en: "Alert everybody", th: "เตือนทุกคน" },
  play: () => [
    {
      event: "system:alert",
      data: {
        ...{ title: "Maintenance tonight", message: "The office’s systems are down from 22:00 to 23:00." },
        level: "warning",
      },
      notification: {
        type: "alert",
        title: { en: "Maintenance tonight", th: "ปิดปรับปรุงระบบคืนนี้" },
        message: {
          en: "The office’s systems are down from 22:00 to 23:00.",
          th: "ระบบของสำนักงานจะปิดให้บริการ 22:00–23:00 น.",
        },
        priority: "high",
      },
    },
  ],
};

/** What the licensing office's backend does. */
export const licensingScript: Script = {
  about: ["applicant"],
  acts: [
    { id: "apply", icon: "plus", label: { en: "Submit an application", th: "ยื่นคำขอ" }, play: apply },
    ...moves.map(
      ({ to, from, icon, label }): Act => ({
        ...{ id: to, icon, label },
        isPossible: (ledger, owner) => ledger.newest("licence", owner, ...from) !== undefined,
        play: (ledger, owner) => {
          const licence = ledger.newest("licence", owner, ...from);
          return licence ? change(ledger, licence, to, licence.state) : [];
        },
      }),
    ),
    assign,
    alert,
  ],
};
