import { useNow } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { Chip } from "../../ui/chip.tsx";
import { Empty } from "../../ui/empty.tsx";
import { useFormat } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import type { Tone } from "../../ui/tone.ts";
import { daysUntil } from "../days.ts";
import { type Certificate, mostUrgent } from "./certificates.ts";

const alertWords = {
  en: {
    title: "Certificate",
    empty: "Your certificate is shown here once it is issued.",
    issued: "Issued",
    expired: "Expired",
    left: (days: number) => (days === 1 ? "1 day left" : `${days} days left`),
    until: (date: string) => `Valid until ${date}`,
    score: (score: string) => `Score ${score}`,
    renew: "It runs out soon: apply for its renewal in time.",
    open: "Open the certificate (PDF)",
    more: (count: string) => `${count} in all`,
  },
  th: {
    title: "ใบรับรอง",
    empty: "ใบรับรองจะแสดงที่นี่เมื่อออกแล้ว",
    issued: "ออกแล้ว",
    expired: "หมดอายุแล้ว",
    left: (days: number) => `เหลืออีก ${days} วัน`,
    until: (date: string) => `ใช้ได้ถึง ${date}`,
    score: (score: string) => `${score} คะแนน`,
    renew: "ใบรับรองใกล้หมดอายุ โปรดยื่นขอต่ออายุให้ทันเวลา",
    open: "เปิดใบรับรอง (PDF)",
    more: (count: string) => `ทั้งหมด ${count} ใบ`,
  },
};

export interface CertificateAlertProps {
  readonly certificates: readonly Certificate[];
  readonly isReady: boolean;
}

/** The certificate that the farmer should look at: newly issued, or running out. Its place is kept while there is none. */
export function CertificateAlert({ certificates, isReady }: CertificateAlertProps) {
  const words = useWords(alertWords);
  const { number } = useFormat();
  const shown = mostUrgent(certificates);
  const count = certificates.length > 1 && (
    <span key={certificates.length} className="when">
      {words.more(number(certificates.length))}
    </span>
  );
  return (
    <Card title={words.title} aside={count}>
      <div className="certificate-place">
        {shown ? <Shown certificate={shown} /> : isReady && <Empty icon="award">{words.empty}</Empty>}
      </div>
    </Card>
  );
}

function Shown({ certificate }: { readonly certificate: Certificate }) {
  const { id, number: called, expiryDate, isExpiring, issued } = certificate;
  const words = useWords(alertWords);
  const { day, number } = useFormat();
  const left = daysUntil(expiryDate, useNow() ?? Date.now());
  const isOver = left < 0;
  const tone: Tone = isOver ? "red" : isExpiring ? "amber" : "green";
  const state = isOver ? words.expired : isExpiring ? words.left(left) : words.issued;
  const address = issued && webAddress(issued.pdfUrl);
  const about = issued && `${issued.farmName} · ${words.score(number(issued.score))}`;
  return (
    <div key={`${id}${tone}`} className="certificate arrived" data-tone={tone}>
      <span className="tile" data-tone={tone}>
        <Icon name={isExpiring || isOver ? "alert" : "award"} />
      </span>
      <div className="certificate-words">
        <p className="certificate-name">
          <strong>{called}</strong> <Chip tone={tone}>{state}</Chip>
        </p>
        <p>{isExpiring ? words.renew : about}</p>
        <p>{words.until(day(expiryDate))}</p>
        {address !== undefined && (
          <a href={address} target="_blank" rel="noreferrer">
            {words.open}
          </a>
        )}
      </div>
    </div>
  );
}

/** An address that a page may link to: of the web, and nothing that runs. */
function webAddress(address: string): string | undefined {
  return /^https?:\/\//i.test(address) || /^\/(?![/\\])/.test(address) ? address : undefined;
}
