import { useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { useFormat } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { Stat } from "../../ui/stat.tsx";
import { useHeard } from "../use-heard.ts";
import { AuditList } from "./audit-list.tsx";
import { auditsOf } from "./audits.ts";

const assignmentsWords = {
  en: {
    title: "Assignments",
    lead: "The audits that are yours: the next one first.",
    ahead: "Coming up",
    done: "Completed",
    next: "Next audit",
    nothingAhead: "No audit is scheduled for you.",
    nothingDone: "None completed yet.",
  },
  th: {
    title: "งานที่ได้รับมอบหมาย",
    lead: "การตรวจประเมินของคุณ เรียงตามวันที่ใกล้ที่สุด",
    ahead: "กำลังจะถึง",
    done: "เสร็จแล้ว",
    next: "ตรวจครั้งถัดไป",
    nothingAhead: "ยังไม่มีนัดตรวจประเมิน",
    nothingDone: "ยังไม่มีรายการที่เสร็จ",
  },
};

/** What an auditor has to do, and what is done. */
export default function AssignmentsPage() {
  const words = useWords(assignmentsWords);
  const { number, day } = useFormat();
  const { status, told } = useHeard(auditsOf);
  const isReady = status === "ready";
  const { ahead, done } = told;
  const next = ahead[0];
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="board">
        <div className="stats in-threes">
          <Stat
            {...{ icon: "clipboard", tone: "blue", label: words.ahead }}
            value={isReady ? number(ahead.length) : undefined}
          />
          <Stat
            {...{ icon: "check", tone: "green", label: words.done }}
            value={isReady ? number(done.length) : undefined}
          />
          <Stat icon="clock" tone="amber" label={words.next} value={next && day(next.date)} />
        </div>
        <div className="grid">
          <Card title={words.ahead}>
            <AuditList label={words.ahead} empty={words.nothingAhead} audits={ahead} isReady={isReady} />
          </Card>
          <Card title={words.done}>
            <AuditList label={words.done} empty={words.nothingDone} audits={done} isReady={isReady} />
          </Card>
        </div>
      </div>
    </Page>
  );
}
