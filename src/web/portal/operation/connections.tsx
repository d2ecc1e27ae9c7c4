import { useCallback, useState } from "react";
import { useWords } from "../language-choice.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Empty } from "../ui/empty.tsx";
import { useFormat } from "../ui/format.ts";
import type { OpenConnection, OperatorApi } from "./operator-api.ts";
import { PollingFailure } from "./polling-failure.tsx";
import { useOutcome } from "./use-outcome.ts";
import { usePolled } from "./use-polled.ts";

const connectionWords = {
  en: {
    title: "Users and their connections",
    disconnect: "Disconnect",
    of: (user: string) => `Disconnect ${user}`,
    done: (user: string) => `${user} was disconnected. Their client is told not to come back by itself.`,
    next: "Next users",
    first: "First users",
    none: "Nobody is connected.",
    rooms: (count: number) => (count === 1 ? "1 room" : `${count} rooms`),
  },
  th: {
    title: "ผู้ใช้และการเชื่อมต่อ",
    disconnect: "ตัดการเชื่อมต่อ",
    of: (user: string) => `ตัดการเชื่อมต่อ: ${user}`,
    done: (user: string) => `ตัดการเชื่อมต่อของ ${user} แล้ว ไคลเอนต์จะไม่กลับมาเอง`,
    next: "ผู้ใช้ถัดไป",
    first: "ผู้ใช้แรก",
    none: "ไม่มีผู้เชื่อมต่อ",
    rooms: (count: number) => `${count} ห้อง`,
  },
  vi: {
    title: "Người dùng và kết nối của họ",
    disconnect: "Ngắt kết nối",
    of: (user: string) => `Ngắt kết nối ${user}`,
    done: (user: string) => `Đã ngắt kết nối ${user}. Máy khách của họ được báo không tự quay lại.`,
    next: "Người dùng tiếp theo",
    first: "Người dùng đầu tiên",
    none: "Không có ai kết nối.",
    rooms: (count: number) => `${count} phòng`,
  },
};

/** ms from one answer to the next question. */
const EVERY = 5000;

/** Who is connected, page by page, with a way to end a connection. */
export function Connections({ api }: { readonly api: OperatorApi }) {
  const words = useWords(connectionWords);
  const [after, setAfter] = useState<string>();
  const polled = usePolled(
    useCallback(() => api.connections(after), [api, after]),
    EVERY,
  );
  const { value, reload } = polled;
  const { outcome, run } = useOutcome(reload);
  const disconnect = (one: OpenConnection) => void run(() => api.disconnect(one), words.done(one.user));
  const { time } = useFormat();
  return (
    <Card title={words.title}>
      <p className="hint" role="status">
        {outcome}
      </p>
      <PollingFailure of={polled} />
      {value?.list.length === 0 && <Empty icon="users">{words.none}</Empty>}
      <ul className="rows">
        {value?.list.map((one) => (
          <li key={one.connection}>
            <div className="grow">
              <p>{one.user}</p>
              <p className="when">
                {time(one.since)} · {words.rooms(one.rooms.length)} · <code>{one.client}</code>
              </p>
            </div>
            <Button kind="danger" aria-label={words.of(one.user)} onClick={() => disconnect(one)}>
              {words.disconnect}
            </Button>
          </li>
        ))}
      </ul>
      <div className="actions">
        {after !== undefined && <Button onClick={() => setAfter(undefined)}>{words.first}</Button>}
        {value?.next != null && (
          <Button onClick={() => setAfter(value.next ?? undefined)}>{words.next}</Button>
        )}
      </div>
    </Card>
  );
}
