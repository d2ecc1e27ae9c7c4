import { useCallback, useState } from "react";
import { useWords } from "../language-choice.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Chip } from "../ui/chip.tsx";
import { Empty } from "../ui/empty.tsx";
import { useFormat } from "../ui/format.ts";
import type { DeadLetter, OperatorApi } from "./operator-api.ts";
import { PollingFailure } from "./polling-failure.tsx";
import { useOutcome } from "./use-outcome.ts";
import { usePolled } from "./use-polled.ts";

const letterWords = {
  en: {
    title: "Dead letters",
    none: "Everything could be delivered.",
    retry: "Retry",
    of: (id: number) => `Retry letter ${id}`,
    delivered: "Delivered.",
    unreadable: "a message that could not be read",
    older: "Older",
    newest: "Newest",
  },
  th: {
    title: "รายการที่ส่งไม่สำเร็จ",
    none: "ส่งได้ครบทุกรายการ",
    retry: "ลองอีกครั้ง",
    of: (id: number) => `ลองอีกครั้ง: ${id}`,
    delivered: "ส่งแล้ว",
    unreadable: "ข้อความที่อ่านไม่ได้",
    older: "เก่ากว่า",
    newest: "ล่าสุด",
  },
  vi: {
    title: "Thư không gửi được",
    none: "Mọi thứ đều đã gửi được.",
    retry: "Thử lại",
    of: (id: number) => `Thử lại thư ${id}`,
    delivered: "Đã gửi.",
    unreadable: "một thông điệp không đọc được",
    older: "Cũ hơn",
    newest: "Mới nhất",
  },
};

/** ms from one answer to the next question. */
const EVERY = 5000;

/** What could not be delivered, newest first, and a way to try again. */
export function DeadLetterList({ api }: { readonly api: OperatorApi }) {
  const words = useWords(letterWords);
  const [before, setBefore] = useState<number>();
  const polled = usePolled(
    useCallback(() => api.deadLetters(before), [api, before]),
    EVERY,
  );
  const { value, reload } = polled;
  const { outcome, run } = useOutcome(reload);
  const retry = (id: number) => void run(() => api.retry(id), words.delivered);
  const last = value?.deadLetters.at(-1)?.id;
  return (
    <Card title={words.title}>
      <p className="hint" role="status">
        {outcome}
      </p>
      <PollingFailure of={polled} />
      {value?.deadLetters.length === 0 && <Empty icon="check">{words.none}</Empty>}
      <ul className="rows">
        {value?.deadLetters.map((letter) => (
          <LetterRow key={letter.id} letter={letter} retry={() => retry(letter.id)} />
        ))}
      </ul>
      <div className="actions">
        {before !== undefined && <Button onClick={() => setBefore(undefined)}>{words.newest}</Button>}
        {value?.more === true && <Button onClick={() => setBefore(last)}>{words.older}</Button>}
      </div>
    </Card>
  );
}

function LetterRow({ letter, retry }: { readonly letter: DeadLetter; readonly retry: () => void }) {
  const words = useWords(letterWords);
  const { id, at, code, reason, object, publications } = letter;
  const { moment } = useFormat();
  const events = publications.flatMap((publication) => publication.events.map(({ event }) => event));
  return (
    <li>
      <div className="grow">
        <p>
          <Chip tone="red">{code}</Chip> {object ? `${object.kind} ${object.name}` : words.unreadable}
        </p>
        <p className="small">
          {[...new Set(events)].join(", ")} · {reason}
        </p>
        <time dateTime={new Date(at).toISOString()}>{moment(at)}</time>
      </div>
      <Button aria-label={words.of(id)} onClick={retry}>
        {words.retry}
      </Button>
    </li>
  );
}
