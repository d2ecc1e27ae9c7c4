import { useWords } from "../language-choice.ts";
import { Card } from "../ui/card.tsx";
import { Empty } from "../ui/empty.tsx";
import { useFormat } from "../ui/format.ts";
import type { Call } from "./queue.ts";

const callWords = {
  en: { title: "Last calls", empty: "Nobody has been called yet.", loading: "Loading…" },
  th: { title: "การเรียกล่าสุด", empty: "ยังไม่มีการเรียกคิว", loading: "กำลังโหลด…" },
};

/** Who was called in lately, the newest first. */
export function LastCalls({ calls, isRead }: { readonly calls: readonly Call[]; readonly isRead: boolean }) {
  const words = useWords(callWords);
  const { time } = useFormat();
  return (
    <Card title={words.title}>
      <div className="last-calls">
        {calls.length === 0 ? (
          <Empty icon="queue">{isRead ? words.empty : words.loading}</Empty>
        ) : (
          <ol>
            {calls.map(({ id, serving, at }) => (
              <li key={id} className="arrived">
                <strong className="number">{serving}</strong>
                <time dateTime={new Date(at).toISOString()} className="when">
                  {time(at)}
                </time>
              </li>
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}
