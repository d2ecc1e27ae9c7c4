import type { ReactNode } from "react";
import { useWords } from "../language-choice.ts";
import { Card } from "../ui/card.tsx";
import { useFormat } from "../ui/format.ts";
import type { Queue } from "./queue.ts";

const servingWords = {
  en: {
    title: "Now",
    serving: "Serving",
    waiting: "Waiting",
    nobody: "Nobody",
    unknown: "Not told yet",
    moved: (time: string) => `Changed at ${time}`,
    loading: "Loading…",
  },
  th: {
    title: "ขณะนี้",
    serving: "กำลังให้บริการ",
    waiting: "รออยู่",
    nobody: "ไม่มี",
    unknown: "ยังไม่มีข้อมูล",
    moved: (time: string) => `เปลี่ยนล่าสุดเวลา ${time}`,
    loading: "กำลังโหลด…",
  },
};

export interface NowServingProps {
  readonly queue: Queue;
  readonly isRead: boolean;
  /** How the board is connected. */
  readonly aside: ReactNode;
}

/** Who is being served and how many wait, to be read from across a room. */
export function NowServing({ queue, isRead, aside }: NowServingProps) {
  const words = useWords(servingWords);
  const { number, clock } = useFormat();
  const { serving, waiting, movedAt } = queue;
  const isKnown = movedAt !== undefined;
  const note = isKnown ? words.moved(clock(movedAt)) : isRead ? words.unknown : words.loading;
  return (
    <Card title={words.title} aside={aside}>
      <dl className="now-serving" aria-live="polite">
        <div>
          <dt>{words.serving}</dt>
          <dd key={serving} className={serving === undefined ? "figure unknown" : "figure"}>
            {serving ?? (isKnown ? words.nobody : "–")}
          </dd>
        </div>
        <div className="waiting">
          <dt>{words.waiting}</dt>
          <dd key={waiting} className={waiting === undefined ? "figure unknown" : "figure"}>
            {waiting === undefined ? "–" : number(waiting)}
          </dd>
        </div>
      </dl>
      <p className="hint number">{note}</p>
    </Card>
  );
}
