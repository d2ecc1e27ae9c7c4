import { useWords } from "../language-choice.ts";
import { Card } from "../ui/card.tsx";
import { Empty } from "../ui/empty.tsx";

const noneWords = {
  en: { text: "Your token names no clinic, so there is nothing to show here." },
  th: { text: "โทเค็นของคุณไม่ได้ระบุคลินิก จึงไม่มีข้อมูลให้แสดง" },
};

/** For who belongs to no clinic at all. */
export function NoClinic() {
  const words = useWords(noneWords);
  return (
    <Card>
      <Empty icon="queue">{words.text}</Empty>
    </Card>
  );
}
