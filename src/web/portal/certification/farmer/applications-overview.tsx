import { useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { useFormat } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { ApplicationList } from "./application-list.tsx";
import type { Application } from "./applications.ts";

const overviewWords = {
  en: {
    title: "Applications",
    lead: "Each with where it stands now. Open one to see what has happened to it.",
    all: "All applications",
  },
  th: {
    title: "คำขอรับรอง",
    lead: "สถานะล่าสุดของแต่ละคำขอ เปิดดูเพื่อติดตามความคืบหน้า",
    all: "คำขอทั้งหมด",
  },
};

export interface ApplicationsOverviewProps {
  readonly applications: readonly Application[];
  readonly isReady: boolean;
}

export function ApplicationsOverview({ applications, isReady }: ApplicationsOverviewProps) {
  const words = useWords(overviewWords);
  const { number } = useFormat();
  return (
    <Page title={words.title} lead={words.lead}>
      <Card
        title={words.all}
        aside={
          <span key={applications.length} className="when number">
            {isReady && number(applications.length)}
          </span>
        }
      >
        <ApplicationList applications={applications} isReady={isReady} reserve={5} to="" />
      </Card>
    </Page>
  );
}
