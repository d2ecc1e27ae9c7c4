import { people } from "../people.ts";
import type { Act, Script, Subject } from "./act.ts";
import type { Ledger, LedgerRecord } from "./ledger.ts";

/** What the clinic's reception and its monitors would post. */
export const clinicScript: Script = {
  about: ({ tenants }, language): readonly Subject[] => {
    const all = people.clinic.flatMap((person) => person.tenants);
    const name = (id: string) => (language === "th" ? `คลินิก ${id}` : `Clinic ${id}`);
    return [...new Set([...tenants, ...all])].map((id) => ({ id, name: name(id) }));
  },
  acts: [
    {
      id: "next",
      icon: "arrow",
      label: { en: "Call the next patient", th: "เรียกผู้ป่วยคนถัดไป" },
      isPossible: (ledger, clinic) => waitingAt(ledger, clinic) > 0,
      play: (ledger, clinic) => {
        const { count = 0, label } = queueAt(ledger, clinic);
        const next = Number(label) + 1;
        const queue = { ...queueAt(ledger, clinic), label: `${next}`, count: count - 1, state: "serving" };
        return update(ledger.write(queue), clinic);
      },
    },
    {
      id: "arrive",
      icon: "users",
      label: { en: "Three patients arrive", th: "มีผู้ป่วยมาถึงสามคน" },
      play: (ledger, clinic) => {
        const queue = queueAt(ledger, clinic);
        return update(ledger.write({ ...queue, count: (queue.count ?? 0) + 3 }), clinic);
      },
    },
    alert(
      "info",
      "bell",
      { en: "Alert: for information", th: "เตือน: แจ้งเพื่อทราบ" },
      "The pharmacy closes at 17:00 today.",
    ),
    alert("warning", "alert", { en: "Alert: warning", th: "เตือน: เฝ้าระวัง" }, "Paracetamol is running low."),
    alert(
      "critical",
      "alert",
      { en: "Alert: critical", th: "เตือน: วิกฤต" },
      "Emergency in room 3. Doctor needed now.",
    ),
    {
      id: "announcement",
      icon: "megaphone",
      label: { en: "Announce to everyone", th: "ประกาศถึงทุกคน" },
      play: () => [
        {
          event: "ANNOUNCEMENT",
          data: { message: "The canteen serves lunch until 14:00.", at: new Date().toISOString() },
        },
      ],
    },
  ],
};

function alert(
  level: "info" | "warning" | "critical",
  icon: Act["icon"],
  label: Act["label"],
  message: string,
): Act {
  const play: Act["play"] = (_ledger, clinicId) => [
    { event: "CLINIC_ALERT", data: { clinicId, message, level } },
  ];
  return { id: level, icon, label, play };
}

/** A clinic's queue in the backend's own database: the number of the last call, and how many wait. */
function queueAt(ledger: Ledger, clinic: string): LedgerRecord {
  const known = ledger.newest("queue", clinic);
  return known ?? { kind: "queue", id: clinic, owner: clinic, label: "0", state: "waiting", count: 4 };
}

function waitingAt(ledger: Ledger, clinic: string): number {
  return queueAt(ledger, clinic).count ?? 0;
}

function update({ label, count = 0, state }: LedgerRecord, clinicId: string): ReturnType<Act["play"]> {
  const serving = state === "serving" ? `A-${label.padStart(2, "0")}` : null;
  return [{ event: "QUEUE_UPDATE", data: { clinicId, waiting: count, serving } }];
}
