import { useWords } from "../../language-choice.ts";
import { Card } from "../../ui/card.tsx";
import { useFormat } from "../../ui/format.ts";
import { Page } from "../../ui/page.tsx";
import { Stat } from "../../ui/stat.tsx";
import { Celebrated } from "./celebrated.tsx";
import { countsOf } from "./farm.ts";
import { PaymentList } from "./payment-list.tsx";
import { useFarm } from "./use-farm.ts";

const paymentsWords = {
  en: {
    title: "Payments",
    lead: "What is to be paid, and what has been.",
    open: "To pay",
    paid: "Paid",
    all: "All payments",
  },
  th: {
    title: "การชำระเงิน",
    lead: "รายการที่ต้องชำระและที่ชำระแล้ว",
    open: "ยอดที่ต้องชำระ",
    paid: "ชำระแล้ว",
    all: "รายการทั้งหมด",
  },
};

/** A farmer's payments. */
export default function PaymentsPage() {
  const words = useWords(paymentsWords);
  const { money } = useFormat();
  const { isReady, farm } = useFarm();
  const { open, paid } = countsOf(farm);
  return (
    <Page title={words.title} lead={words.lead}>
      <div className="stats in-twos">
        <Stat icon="clock" tone="amber" label={words.open} value={isReady ? money(open) : undefined} />
        <Stat icon="check" tone="green" label={words.paid} value={isReady ? money(paid) : undefined} />
      </div>
      <Card title={words.all}>
        <PaymentList payments={farm.payments} isReady={isReady} />
      </Card>
      <Celebrated news={farm.news} />
    </Page>
  );
}
