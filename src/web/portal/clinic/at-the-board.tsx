import { useEffect } from "react";
import { useTexts } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { usePortal } from "../portal-context.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Card } from "../ui/card.tsx";
import { Chip } from "../ui/chip.tsx";
import { nameOf } from "./name-of.ts";
import type { RoomLog } from "./use-room-log.ts";

const boardWords = {
  en: { title: "At the board", you: "You" },
  th: { title: "ผู้ที่เปิดกระดานอยู่", you: "คุณ" },
};

/** Who has the board open; each says their own name to the others. */
export function AtTheBoard({ room }: { readonly room: RoomLog }) {
  const { session, client } = usePortal();
  const words = useWords(boardWords);
  const texts = useTexts();
  const { name, status, presence } = room;
  useEffect(() => {
    if (status !== "subscribed" || name === undefined) return;
    // Where it is not taken the others read the name that they know.
    client
      .channel(name)
      .presence.set({ name: session.name })
      .catch(() => undefined);
  }, [client, name, session.name, status]);
  const users = [...presence.members.keys()].sort();
  return (
    <Card title={words.title} aside={<span className="hint">{texts.peopleHere(presence.count)}</span>}>
      <ul className="at-the-board">
        {users.map((user) => {
          const called = nameOf(user, presence.members);
          return (
            <li key={user}>
              <Avatar name={called} />
              <span className="grow">{called}</span>
              {user === session.user && <Chip>{words.you}</Chip>}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
