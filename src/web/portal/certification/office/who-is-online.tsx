import { RelativeTime } from "../../../../react/index.ts";
import { useWords } from "../../language-choice.ts";
import { nameOf } from "../../people.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Card } from "../../ui/card.tsx";
import { Chip } from "../../ui/chip.tsx";
import { Empty } from "../../ui/empty.tsx";
import { useFormat } from "../../ui/format.ts";
import type { Attendance } from "./attendance.ts";

const onlineWords = {
  en: {
    title: "Online now",
    online: "Online",
    more: (count: string) => `and ${count} more`,
    nobody: "Nobody has come since you did. Operators also see who was here before.",
  },
  th: {
    title: "ออนไลน์ขณะนี้",
    online: "ออนไลน์",
    more: (count: string) => `และอีก ${count} คน`,
    nobody: "ยังไม่มีใครเข้ามาหลังจากคุณ ผู้ควบคุมระบบจะเห็นผู้ที่อยู่ก่อนแล้วด้วย",
  },
};

const SHOWN = 4;

/** Who is there, the last to come on top. There is room for as many as are named. */
export function WhoIsOnline({ attendance }: { readonly attendance: Attendance | undefined }) {
  const words = useWords(onlineWords);
  const { number } = useFormat();
  const shown = attendance?.people.slice(0, SHOWN) ?? [];
  const others = (attendance?.count ?? 0) - shown.length;
  return (
    <Card title={words.title}>
      {attendance?.count === 0 ? (
        <div className="online">
          <Empty icon="users">{words.nobody}</Empty>
        </div>
      ) : (
        <ul className="online" aria-label={words.title}>
          {shown.map(({ user, since }) => (
            <li key={user}>
              <Avatar name={nameOf(user)} />
              <span className="feed-words">
                <strong>{nameOf(user)}</strong>
                <span>
                  <RelativeTime at={since} className="number" />
                </span>
              </span>
              <Chip tone="green">{words.online}</Chip>
            </li>
          ))}
        </ul>
      )}
      <p className="hint">{others > 0 && words.more(number(others))}</p>
    </Card>
  );
}
