import type { Tone } from "../ui/tone.ts";

/** What the demo's backend calls its statuses, as people say it. */
const statusWords: Readonly<Record<"en" | "th", Readonly<Record<string, string>>>> = {
  en: {
    submitted: "Submitted",
    under_review: "Under review",
    documents_requested: "Documents needed",
    approved: "Approved",
    rejected: "Not approved",
    certified: "Certified",
  },
  th: {
    submitted: "ยื่นคำขอแล้ว",
    under_review: "กำลังพิจารณา",
    documents_requested: "รอเอกสารเพิ่มเติม",
    approved: "อนุมัติแล้ว",
    rejected: "ไม่อนุมัติ",
    certified: "ได้รับใบรับรองแล้ว",
  },
};

const tones: Readonly<Record<string, Tone>> = {
  submitted: "blue",
  documents_requested: "amber",
  approved: "green",
  certified: "green",
  rejected: "red",
};

/** A status in words; one that the demo does not know is shown as the backend calls it. */
export function statusIn(language: string, status: string): string {
  const words = language === "th" ? statusWords.th : statusWords.en;
  return words[status] ?? status.replaceAll("_", " ");
}

export function toneOf(status: string): Tone {
  return tones[status] ?? "violet";
}
