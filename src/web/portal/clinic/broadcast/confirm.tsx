import { useEffect, useId, useRef } from "react";
import { useWords } from "../../language-choice.ts";
import { Button } from "../../ui/button.tsx";

const confirmWords = {
  en: {
    title: "Send it to everyone?",
    text: "Every user of the service gets it, also those who are away now. It cannot be taken back.",
    send: "Send to everyone",
    cancel: "Not yet",
  },
  th: {
    title: "ส่งถึงทุกคนหรือไม่",
    text: "ผู้ใช้ทุกคนของระบบจะได้รับ รวมถึงผู้ที่ไม่ได้อยู่ในขณะนี้ และไม่สามารถเรียกคืนได้",
    send: "ส่งถึงทุกคน",
    cancel: "ยังไม่ส่ง",
  },
};

export interface ConfirmProps {
  readonly confirm: () => void;
  readonly cancel: () => void;
}

/** Asks before something goes to everyone. Escape means no. */
export function Confirm({ confirm, cancel }: ConfirmProps) {
  const words = useWords(confirmWords);
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby={id} onCancel={cancel}>
      <h2 id={id}>{words.title}</h2>
      <p className="soft">{words.text}</p>
      <div className="actions">
        <Button onClick={cancel}>{words.cancel}</Button>
        <Button kind="primary" icon="megaphone" onClick={confirm}>
          {words.send}
        </Button>
      </div>
    </dialog>
  );
}
