import { type FormEvent, type ReactNode, useState } from "react";
import { useConnection } from "../../../react/index.ts";
import { useWords } from "../language-choice.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { useOnline } from "./use-online.ts";
import type { RoomLog } from "./use-room-log.ts";

const formWords = {
  en: {
    label: "A note to the others",
    send: "Send",
    waiting: "It is sent when the connection is back.",
    failed: "The note could not be sent. Please try again.",
  },
  th: {
    label: "ข้อความถึงคนอื่น ๆ",
    send: "ส่ง",
    waiting: "จะส่งเมื่อกลับมาเชื่อมต่อได้",
    failed: "ส่งข้อความไม่สำเร็จ โปรดลองอีกครั้ง",
  },
};

/** Letters that the service takes in a note. */
const LONGEST = 500;

export interface NoteFormProps {
  readonly room: RoomLog;
  /** Below the line, unless something is to be said of a note of one's own. */
  readonly children: ReactNode;
}

/** Where a note is written. While there is no connection it waits for one. */
export function NoteForm({ room, children }: NoteFormProps) {
  const words = useWords(formWords);
  const { status } = useConnection();
  const isOnline = useOnline();
  const [text, setText] = useState("");
  const [waiting, setWaiting] = useState(0);
  const [isFailed, setFailed] = useState(false);
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const note = text.trim();
    if (note === "") return;
    room.stopTyping();
    setText("");
    setFailed(false);
    setWaiting((count) => count + 1);
    try {
      await room.publish("note", { text: note });
    } catch {
      setFailed(true);
      setText((now) => now || note);
    }
    setWaiting((count) => count - 1);
    // What was sent from here does not come back by itself; what cannot be read now comes with the next reading.
    await room.read().catch(() => undefined);
  };
  const isWaiting = waiting > 0 && !(isOnline && status === "connected");
  return (
    <form className="note-form" onSubmit={(event) => void send(event)}>
      <Field label={words.label}>
        {({ id }) => (
          <div className="note-line">
            <input
              id={id}
              value={text}
              maxLength={LONGEST}
              autoComplete="off"
              onChange={({ target }) => {
                setText(target.value);
                if (target.value !== "") room.startTyping();
                else room.stopTyping();
              }}
            />
            <Button type="submit" kind="primary" icon="send">
              {words.send}
            </Button>
          </div>
        )}
      </Field>
      <div className="note-foot">
        <p className={isFailed ? "problem" : "hint"} role="status">
          {isFailed ? words.failed : isWaiting ? words.waiting : ""}
        </p>
        {children}
      </div>
    </form>
  );
}
