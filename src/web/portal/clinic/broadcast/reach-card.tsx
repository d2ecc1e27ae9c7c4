import { useCallback, useEffect, useRef, useState } from "react";
import { useWords } from "../../language-choice.ts";
import { usePortal } from "../../portal-context.ts";
import { Refused } from "../../service.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { useFormat } from "../../ui/format.ts";
import type { Draft } from "./draft.ts";
import { ReceiptRows } from "./receipt-rows.tsx";
import { type Reach, reachOf } from "./receipts.ts";
import { refusalWords } from "./refusal-words.ts";
import type { Target } from "./send.ts";
import { TargetRows } from "./target-rows.tsx";

/** A broadcast that was sent. */
export interface Sent {
  readonly id: string;
  readonly targets: readonly Target[];
  readonly draft: Draft;
}

const reachWords = {
  en: {
    title: "What was reached",
    again: "Look again",
    people: (count: string, connected: string) =>
      `${count} ${count === "1" ? "person has" : "people have"} it; ${connected} connected now.`,
    away: "Who is away finds it when they come back.",
    looking: "Looking who has it…",
    operators: "Who has it in person is told to operators only.",
  },
  th: {
    title: "ผลการส่ง",
    again: "ตรวจอีกครั้ง",
    people: (count: string, connected: string) => `ถึงแล้ว ${count} คน ขณะนี้มีผู้เชื่อมต่ออยู่ ${connected} คน`,
    away: "ผู้ที่ไม่อยู่จะเห็นเมื่อกลับมา",
    looking: "กำลังตรวจว่าถึงใครแล้ว…",
    operators: "เฉพาะผู้ควบคุมระบบเท่านั้นที่ดูได้ว่าถึงใครบ้าง",
  },
};

/** ms after sending at which it is looked by itself: devices say what they have within a second. */
const LOOKS = [300, 1300, 2300, 4000, 8000];

/** What became of a broadcast: at its targets, and who has it by now. */
export function ReachCard({ id, sent }: { readonly id: string; readonly sent: Sent | undefined }) {
  const { token } = usePortal();
  const words = useWords(reachWords);
  const refusals = useWords(refusalWords);
  const [reach, setReach] = useState<Reach | Refused>();
  const named = sent?.draft.audience === "people" ? sent.draft.people : none;
  const look = useCallback(async () => {
    try {
      setReach(await reachOf(id, named, await token()));
    } catch (error) {
      setReach(error instanceof Refused ? error : new Refused("unavailable", `${error}`));
    }
  }, [id, named, token]);
  useEffect(() => {
    const timers = LOOKS.map((after) => setTimeout(() => void look(), after));
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }, [look]);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (sent) place.current?.scrollIntoView({ block: "nearest" });
  }, [sent]);
  const { number } = useFormat();
  return (
    <div ref={place} className="reach">
      <Card
        title={words.title}
        aside={
          <Button kind="quiet" onClick={() => void look()}>
            {words.again}
          </Button>
        }
      >
        {sent && <TargetRows targets={sent.targets} />}
        {reach === undefined && <p className="soft">{words.looking}</p>}
        {reach instanceof Refused && (
          <p className="hint">
            {reach.code === "forbidden" ? words.operators : (refusals[reach.code] ?? reach.message)}
          </p>
        )}
        {reach && !(reach instanceof Refused) && (
          <>
            <p role="status">
              {words.people(number(reach.receipts.length), number(reach.connected))}{" "}
              <span className="soft">{words.away}</span>
            </p>
            <ReceiptRows receipts={reach.receipts} />
          </>
        )}
      </Card>
    </div>
  );
}

const none: readonly string[] = [];
