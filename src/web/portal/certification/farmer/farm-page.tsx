import { Link } from "wouter";
import { useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { useFormat } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { Stat } from "../../ui/stat.tsx";
import { ApplicationList } from "./application-list.tsx";
import { Celebrated } from "./celebrated.tsx";
import { CertificateAlert } from "./certificate-alert.tsx";
import { countsOf } from "./farm.ts";
import { NewsList } from "./news-list.tsx";
import { useFarm } from "./use-farm.ts";

const farmWords = {
  en: {
    title: "My farm",
    lead: "Your applications, payments and certificates at a glance.",
    inProgress: "In progress",
    approved: "Approved",
    rejected: "Not approved",
    open: "To pay",
    paid: "Paid",
    certificates: "Certificates",
    newest: "Newest applications",
    all: "All applications",
  },
  th: {
    title: "ฟาร์มของฉัน",
    lead: "ภาพรวมคำขอ การชำระเงิน และใบรับรองของคุณ",
    inProgress: "อยู่ระหว่างดำเนินการ",
    approved: "อนุมัติแล้ว",
    rejected: "ไม่อนุมัติ",
    open: "ยอดที่ต้องชำระ",
    paid: "ชำระแล้ว",
    certificates: "ใบรับรอง",
    newest: "คำขอล่าสุด",
    all: "ดูคำขอทั้งหมด",
  },
};

const SHOWN = 3;

/** A farmer's dashboard. Its numbers count what the log has, and move with it. */
export default function FarmPage() {
  const words = useWords(farmWords);
  const { money, number } = useFormat();
  const { isReady, farm } = useFarm();
  const counts = countsOf(farm);
  const known = (value: string) => (isReady ? value : undefined);
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="board">
        <div className="stats in-threes">
          <Stat icon="clock" tone="blue" label={words.inProgress} value={known(number(counts.inProgress))} />
          <Stat icon="check" tone="green" label={words.approved} value={known(number(counts.approved))} />
          <Stat icon="close" tone="red" label={words.rejected} value={known(number(counts.rejected))} />
          <Stat icon="card" tone="amber" label={words.open} value={known(money(counts.open))} />
          <Stat icon="card" tone="green" label={words.paid} value={known(money(counts.paid))} />
          <Stat
            icon="award"
            tone="violet"
            label={words.certificates}
            value={known(number(counts.certificates))}
          />
        </div>
        <div className="grid">
          <div className="column">
            <CertificateAlert certificates={farm.certificates} isReady={isReady} />
            <Card title={words.newest} aside={<Link href="~/applications">{words.all}</Link>}>
              <ApplicationList
                applications={farm.applications.slice(0, SHOWN)}
                isReady={isReady}
                reserve={SHOWN}
                to="~/applications"
              />
            </Card>
          </div>
          <NewsList news={farm.news} isReady={isReady} />
        </div>
      </div>
      <Celebrated news={farm.news} />
    </Page>
  );
}
