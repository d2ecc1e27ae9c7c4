import "./clinic.css";
import { useWords } from "../language-choice.ts";
import { AtTheBoard } from "./at-the-board.tsx";
import { ClinicPage } from "./clinic-page.tsx";
import { LastCalls } from "./last-calls.tsx";
import { LiveChip } from "./live-chip.tsx";
import { NowServing } from "./now-serving.tsx";
import { queueOf } from "./queue.ts";
import { RefusedClinic } from "./refused-clinic.tsx";
import { SharedNotes } from "./shared-notes.tsx";
import { useRoomLog } from "./use-room-log.ts";

const queueWords = {
  en: {
    title: (clinic: string) => `Queue of clinic ${clinic}`,
    lead: "Everybody who has this board open sees the same, as it happens.",
    none: "Queue",
  },
  th: {
    title: (clinic: string) => `คิวของคลินิก ${clinic}`,
    lead: "ทุกคนที่เปิดกระดานนี้เห็นข้อมูลชุดเดียวกันในทันที",
    none: "คิว",
  },
};

/** The queue board of a clinic. */
export default function QueuePage() {
  const words = useWords(queueWords);
  return <ClinicPage words={words}>{(clinic) => <Board clinic={clinic} />}</ClinicPage>;
}

function Board({ clinic }: { readonly clinic: string }) {
  const room = useRoomLog(`clinic:${clinic}:queue`);
  if (room.status === "refused") return <RefusedClinic clinic={clinic} code={room.error?.code} />;
  const queue = queueOf(room.events);
  return (
    <div className="board">
      <NowServing queue={queue} isRead={room.isRead} aside={<LiveChip room={room} />} />
      <div className="grid">
        <SharedNotes clinic={clinic} />
        <div className="board-side">
          <AtTheBoard room={room} />
          <LastCalls calls={queue.calls} isRead={room.isRead} />
        </div>
      </div>
    </div>
  );
}
