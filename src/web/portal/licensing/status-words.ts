import { useWords } from "../language-choice.ts";
import type { Tone } from "../ui/tone.ts";

/** The states of an application, as the office names them. */
export const licenceStatuses = [
  "submitted",
  "under_review",
  "documents_requested",
  "approved",
  "rejected",
] as const;

export type LicenceStatus = (typeof licenceStatuses)[number];

export const statusWords: Readonly<Record<"en" | "th", Readonly<Record<LicenceStatus, string>>>> = {
  en: {
    submitted: "Submitted",
    under_review: "Under review",
    documents_requested: "Documents requested",
    approved: "Approved",
    rejected: "Rejected",
  },
  th: {
    submitted: "ยื่นแล้ว",
    under_review: "กำลังพิจารณา",
    documents_requested: "ขอเอกสารเพิ่ม",
    approved: "อนุมัติแล้ว",
    rejected: "ไม่อนุมัติ",
  },
};

const tones: Readonly<Record<LicenceStatus, Tone>> = {
  submitted: "blue",
  under_review: "violet",
  documents_requested: "amber",
  approved: "green",
  rejected: "red",
};

function known(status: string): LicenceStatus | undefined {
  return licenceStatuses.find((one) => one === status);
}

/** Says a state in the reader's language; one that this page does not know is shown as it was told. */
export function useStatusWord(): (status: string) => string {
  const words = useWords(statusWords);
  return (status) => {
    const one = known(status);
    return one === undefined ? status : words[one];
  };
}

export function toneOfStatus(status: string): Tone {
  const one = known(status);
  return one === undefined ? "grey" : tones[one];
}

/** Whether the office has decided. */
export function isDecided(status: string): boolean {
  return status === "approved" || status === "rejected";
}
