import { RelativeTime, TypingIndicator } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Card } from "../ui/card.tsx";
import { Empty } from "../ui/empty.tsx";
import { nameOf } from "./name-of.ts";
import { NoteForm } from "./note-form.tsx";
import { notesOf } from "./notes.ts";
import { useRoomLog } from "./use-room-log.ts";

const noteWords = {
  en: {
    title: "Shared notes",
    list: "Notes, newest first",
    empty: "No notes yet. Leave one for the others.",
    loading: "Loading…",
  },
  th: {
    title: "บันทึกร่วมกัน",
    list: "บันทึก เรียงจากล่าสุด",
    empty: "ยังไม่มีบันทึก ฝากข้อความถึงเพื่อนร่วมงานได้ที่นี่",
    loading: "กำลังโหลด…",
  },
};

/** What the staff of a clinic write to each other, and who is writing just now. */
export function SharedNotes({ clinic }: { readonly clinic: string }) {
  const words = useWords(noteWords);
  const name = `clinic:${clinic}:notes`;
  const room = useRoomLog(name);
  const notes = notesOf(room.events);
  return (
    <Card title={words.title}>
      <NoteForm room={room}>
        <TypingIndicator channel={name} nameOf={(user) => nameOf(user)} />
      </NoteForm>
      {/* It scrolls by itself, and who has no pointer scrolls it too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by keyboard */}
      <section className="notes" tabIndex={0} aria-label={words.list}>
        {notes.length === 0 ? (
          <Empty icon="file">{room.isRead ? words.empty : words.loading}</Empty>
        ) : (
          <ol className="rows" aria-live="polite">
            {notes.map(({ id, text, from = "", at }) => (
              <li key={id} className="arrived">
                <Avatar name={nameOf(from)} />
                <div className="grow">
                  <p className="note-head">
                    <strong>{nameOf(from)}</strong> <RelativeTime at={at} className="when" />
                  </p>
                  <p>{text}</p>
                </div>
              </li>
            ))}
          </ol>
        )}
      </section>
    </Card>
  );
}
