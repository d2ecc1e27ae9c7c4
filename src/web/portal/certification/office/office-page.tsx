import { useNow } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { useFormat } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { Stat } from "../../ui/stat.tsx";
import { startOfDay } from "../days.ts";
import { sumOf } from "../sum-of.ts";
import { useHeard } from "../use-heard.ts";
import { deskOf } from "./desk.ts";
import { NewestApplications } from "./newest-applications.tsx";
import { PaymentsFeed } from "./payments-feed.tsx";
import { useAttendance } from "./use-attendance.ts";
import { WhoIsOnline } from "./who-is-online.tsx";

const officeWords = {
  en: {
    title: "Certification office",
    lead: "Applications, payments and people, as they come.",
    waiting: "To decide",
    decided: "Decided today",
    today: "Received today",
    active: "Active users",
  },
  th: {
    title: "สำนักงานรับรองมาตรฐาน",
    lead: "คำขอ การชำระเงิน และผู้ใช้งาน ตามเวลาจริง",
    waiting: "รอการพิจารณา",
    decided: "พิจารณาแล้ววันนี้",
    today: "รับชำระวันนี้",
    active: "ผู้ใช้ที่ออนไลน์",
  },
};

/** The administrators' dashboard. Its numbers count what the log has, and move with it. */
export default function OfficePage() {
  const words = useWords(officeWords);
  const { money, number } = useFormat();
  const { status, told } = useHeard(deskOf);
  const attendance = useAttendance();
  const isReady = status === "ready";
  const morning = startOfDay(useNow() ?? Date.now());
  const { applications, payments } = told;
  const today = payments.filter(({ at }) => at >= morning);
  const waiting = applications.filter(({ decidedAt }) => decidedAt === undefined);
  const decided = applications.filter(({ decidedAt = 0 }) => decidedAt >= morning);
  const known = (value: string) => (isReady ? value : undefined);
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="board">
        <div className="stats in-fours">
          <Stat icon="clock" tone="blue" label={words.waiting} value={known(number(waiting.length))} />
          <Stat icon="check" tone="green" label={words.decided} value={known(number(decided.length))} />
          <Stat icon="card" tone="amber" label={words.today} value={known(money(sumOf(today)))} />
          <Stat
            {...{ icon: "users", tone: "violet", label: words.active }}
            value={attendance && number(attendance.count)}
          />
        </div>
        <div className="grid office">
          <NewestApplications applications={applications} isReady={isReady} />
          <div className="column">
            <PaymentsFeed payments={payments} today={sumOf(today)} isReady={isReady} />
            <WhoIsOnline attendance={attendance} />
          </div>
        </div>
      </div>
    </Page>
  );
}
