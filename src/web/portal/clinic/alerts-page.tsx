import "./clinic.css";
import { useState } from "react";
import { useWords } from "../language-choice.ts";
import { Card } from "../ui/card.tsx";
import { Chip } from "../ui/chip.tsx";
import { Empty } from "../ui/empty.tsx";
import { AlertRow } from "./alert-row.tsx";
import { alertsOf, openCritical } from "./alerts.ts";
import { ClinicPage } from "./clinic-page.tsx";
import { RefusedClinic } from "./refused-clinic.tsx";
import { useRoomLog } from "./use-room-log.ts";

const alertWords = {
  en: {
    title: (clinic: string) => `Alerts of clinic ${clinic}`,
    lead: "What the clinic must know. Critical alerts stay open until somebody has seen to them.",
    none: "Alerts",
    list: "Newest first",
    empty: "No alerts. All is well.",
    loading: "Loading…",
    open: (count: number) => (count === 1 ? "1 critical open" : `${count} critical open`),
    calm: "No critical ones open",
    failed: "That could not be noted. Please try again.",
  },
  th: {
    title: (clinic: string) => `การเตือนของคลินิก ${clinic}`,
    lead: "เรื่องที่คลินิกต้องรู้ การเตือนระดับวิกฤตจะค้างอยู่จนกว่าจะมีผู้รับทราบ",
    none: "การเตือน",
    list: "ล่าสุดก่อน",
    empty: "ไม่มีการเตือน ทุกอย่างเรียบร้อยดี",
    loading: "กำลังโหลด…",
    open: (count: number) => `วิกฤตที่ยังไม่รับทราบ ${count} เรื่อง`,
    calm: "ไม่มีเรื่องวิกฤตค้างอยู่",
    failed: "บันทึกไม่สำเร็จ โปรดลองอีกครั้ง",
  },
};

/** The alerts of a clinic. */
export default function AlertsPage() {
  const words = useWords(alertWords);
  return <ClinicPage words={words}>{(clinic) => <AlertList clinic={clinic} />}</ClinicPage>;
}

function AlertList({ clinic }: { readonly clinic: string }) {
  const words = useWords(alertWords);
  const told = useRoomLog(`clinic:${clinic}:alerts`);
  const seen = useRoomLog(`clinic:${clinic}:acknowledged`);
  const [isFailed, setFailed] = useState(false);
  if (told.status === "refused") return <RefusedClinic clinic={clinic} code={told.error?.code} />;
  const alerts = alertsOf(told.events, seen.events);
  const open = openCritical(alerts).length;
  const takeUp = async (id: string) => {
    setFailed(false);
    try {
      await seen.publish("note", { text: id });
    } catch {
      setFailed(true);
    }
    // What was sent from here does not come back by itself; what cannot be read now comes with the next reading.
    await seen.read().catch(() => undefined);
  };
  return (
    <Card
      title={words.list}
      aside={<Chip tone={open > 0 ? "red" : "green"}>{open > 0 ? words.open(open) : words.calm}</Chip>}
    >
      <p className="problem" role="alert">
        {isFailed ? words.failed : ""}
      </p>
      <div className="alerts">
        {alerts.length === 0 ? (
          <Empty icon="check">{told.isRead ? words.empty : words.loading}</Empty>
        ) : (
          <ol className="rows">
            {alerts.map((alert) => (
              <AlertRow key={alert.id} alert={alert} takeUp={takeUp} />
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}
