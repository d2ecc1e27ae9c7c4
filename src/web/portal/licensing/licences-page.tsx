import { useMemo } from "react";
import { useWords } from "../language-choice.ts";
import { useStory } from "../portal-context.ts";
import { Card } from "../ui/card.tsx";
import { useFormat } from "../ui/format.ts";
import { NothingTold } from "../ui/nothing-told.tsx";
import { Page } from "../ui/page.tsx";
import { Stat } from "../ui/stat.tsx";
import { useArrivals } from "../ui/use-arrivals.ts";
import { AlertStrip } from "./alert-strip.tsx";
import { LicenceCard } from "./licence-card.tsx";
import { licencesOf } from "./licences.ts";
import { isDecided } from "./status-words.ts";

const licencesWords = {
  en: {
    title: "My applications",
    lead: "Where each of your applications stands, and every step that led there.",
    open: "With the office",
    waiting: "Waiting for you",
    approved: "Approved",
    applications: "Applications",
    none: "You have not applied for anything yet.",
  },
  th: {
    title: "คำขอของฉัน",
    lead: "สถานะของคำขอแต่ละรายการ และทุกขั้นตอนที่ผ่านมา",
    open: "อยู่ที่สำนักงาน",
    waiting: "รอคุณดำเนินการ",
    approved: "อนุมัติแล้ว",
    applications: "คำขอ",
    none: "คุณยังไม่ได้ยื่นคำขอ",
  },
};

const SHOWN = 12;

/** What an applicant sees of the licensing office. */
export default function LicencesPage() {
  const words = useWords(licencesWords);
  const { status, events } = useStory();
  const licences = useMemo(() => licencesOf(events), [events]);
  const hasArrived = useArrivals(
    licences.flatMap(({ history }) => history.map(({ id }) => id)),
    status === "ready",
  );
  const format = useFormat();
  const number = (fits: (status: string) => boolean) =>
    status === "ready" ? format.number(licences.filter((one) => fits(one.status)).length) : undefined;
  const isWaiting = (state: string) => state === "documents_requested";
  return (
    <Page title={words.title} lead={words.lead}>
      <AlertStrip />
      <div className="stats">
        <Stat
          icon="stamp"
          tone="violet"
          label={words.open}
          value={number((state) => !isDecided(state) && !isWaiting(state))}
        />
        <Stat icon="file" tone="amber" label={words.waiting} value={number(isWaiting)} />
        <Stat
          icon="check"
          tone="green"
          label={words.approved}
          value={number((state) => state === "approved")}
        />
      </div>
      <div className="grid">
        {licences.slice(0, SHOWN).map((licence) => (
          <LicenceCard key={licence.id} licence={licence} hasArrived={hasArrived} />
        ))}
        {licences.length === 0 && (
          <Card title={words.applications}>
            <NothingTold icon="stamp" status={status}>
              {words.none}
            </NothingTold>
          </Card>
        )}
      </div>
    </Page>
  );
}
