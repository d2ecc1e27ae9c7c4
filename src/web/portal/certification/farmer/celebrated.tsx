import { Celebration } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { useFormat } from "../../ui/format.ts";
import type { Farm, News } from "./farm.ts";

const celebratedWords = {
  en: {
    payment: (amount: string) => `Payment of ${amount} received. Thank you!`,
    certificate: (number: string) => `Congratulations! Certificate ${number} is yours.`,
  },
  th: {
    payment: (amount: string) => `ได้รับชำระเงิน ${amount} เรียบร้อยแล้ว ขอบคุณ`,
    certificate: (number: string) => `ยินดีด้วย! คุณได้รับใบรับรอง ${number}`,
  },
};

/** Celebrates a payment and a certificate when they come; what came before is news, and celebrated no more. */
export function Celebrated({ news }: Pick<Farm, "news">) {
  const words = useWords(celebratedWords);
  const { money } = useFormat();
  const reason = news.find(isGood);
  return (
    <Celebration>
      {reason?.event === "payment:confirmed" && words.payment(money(reason.data.amount))}
      {reason?.event === "certificate:issued" && words.certificate(reason.data.certificateNumber)}
    </Celebration>
  );
}

function isGood({ event }: News): boolean {
  return event === "payment:confirmed" || event === "certificate:issued";
}
