import { useWords } from "../language-choice.ts";
import { Chip } from "../ui/chip.tsx";
import { useOnline } from "./use-online.ts";
import type { RoomLog } from "./use-room-log.ts";

const chipWords = {
  en: { live: "In step", behind: "Catching up…" },
  th: { live: "ข้อมูลล่าสุด", behind: "กำลังตามให้ทัน…" },
};

/** Whether what is shown is what is. */
export function LiveChip({ room }: { readonly room: RoomLog }) {
  const words = useWords(chipWords);
  const isOnline = useOnline();
  const isLive = isOnline && room.isRead && room.status === "subscribed";
  return <Chip tone={isLive ? "green" : "amber"}>{isLive ? words.live : words.behind}</Chip>;
}
