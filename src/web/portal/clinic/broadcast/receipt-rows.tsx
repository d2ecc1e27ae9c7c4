import { useWords } from "../../language-choice.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Chip } from "../../ui/chip.tsx";
import { useFormat } from "../../ui/format.ts";
import { nameOf } from "../name-of.ts";
import type { Receipt } from "./receipts.ts";

const receiptWords = {
  en: {
    label: "People who have it",
    devices: (count: string) => (count === "1" ? "on 1 device" : `on ${count} devices`),
    kept: "Kept for them",
    received: "Received",
    seen: "Seen",
    read: "Read",
  },
  th: {
    label: "ผู้ที่ได้รับแล้ว",
    devices: (count: string) => `บน ${count} อุปกรณ์`,
    kept: "เก็บไว้ให้แล้ว",
    received: "ได้รับแล้ว",
    seen: "เห็นแล้ว",
    read: "อ่านแล้ว",
  },
};

/** Each who has a broadcast, and how far it has come with them. */
export function ReceiptRows({ receipts }: { readonly receipts: readonly Receipt[] }) {
  const words = useWords(receiptWords);
  const { number } = useFormat();
  return (
    <ul className="rows receipts" aria-label={words.label}>
      {receipts.map(({ user, devices, isSeen, isRead }) => {
        const state = isRead ? "read" : isSeen ? "seen" : devices > 0 ? "received" : "kept";
        return (
          <li key={user}>
            <Avatar name={nameOf(user)} />
            <div className="grow">
              <p>{nameOf(user)}</p>
              {devices > 0 && <p className="when">{words.devices(number(devices))}</p>}
            </div>
            <Chip tone={state === "kept" ? "grey" : "green"}>{words[state]}</Chip>
          </li>
        );
      })}
    </ul>
  );
}
