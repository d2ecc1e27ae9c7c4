import { Link } from "wouter";
import { RelativeTime } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Page } from "../../ui/page.tsx";
import { StatusChip } from "../status-chip.tsx";
import { type Application, statusOf } from "./applications.ts";
import { Timeline } from "./timeline.tsx";

const detailWords = {
  en: {
    lead: "It moves by itself as the office works on it.",
    back: "All applications",
    unknown: "There is no such application.",
    now: "Now",
    status: "Status",
    standard: "Standard",
    changed: "Last change",
    story: "What has happened",
  },
  th: {
    lead: "หน้านี้อัปเดตเองเมื่อเจ้าหน้าที่ดำเนินการ",
    back: "คำขอทั้งหมด",
    unknown: "ไม่พบคำขอนี้",
    now: "ขณะนี้",
    status: "สถานะ",
    standard: "มาตรฐาน",
    changed: "เปลี่ยนแปลงล่าสุด",
    story: "ความคืบหน้า",
  },
};

export interface ApplicationDetailProps {
  readonly id: string;
  readonly applications: readonly Application[];
  readonly isReady: boolean;
}

/** One application: where it stands, and all that has happened to it. */
export function ApplicationDetail({ id, applications, isReady }: ApplicationDetailProps) {
  const words = useWords(detailWords);
  const found = applications.find((one) => one.id === id || encodeURIComponent(one.id) === id);
  const back = (
    <Link className="button plain" href="/">
      <Icon name="back" size={18} />
      {words.back}
    </Link>
  );
  return (
    <Page title={found?.number ?? id} lead={words.lead} actions={back}>
      {found ? (
        <div className="board">
          <div className="grid case">
            <Card title={words.story}>
              <Timeline steps={found.steps} />
            </Card>
            <Card title={words.now}>
              <dl className="facts" aria-live="polite">
                <dt>{words.status}</dt>
                <dd>
                  <StatusChip status={statusOf(found)} />
                </dd>
                <dt>{words.standard}</dt>
                <dd>{found.standard ?? "–"}</dd>
                <dt>{words.changed}</dt>
                <dd>
                  <RelativeTime at={found.at} className="number" />
                </dd>
              </dl>
            </Card>
          </div>
        </div>
      ) : (
        isReady && <Empty icon="file">{words.unknown}</Empty>
      )}
    </Page>
  );
}
