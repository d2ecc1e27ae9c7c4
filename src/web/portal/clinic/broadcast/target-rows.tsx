import { useWords } from "../../language-choice.ts";
import { Chip } from "../../ui/chip.tsx";
import { useFormat } from "../../ui/format.ts";
import { Icon } from "../../ui/icon.tsx";
import type { Tone } from "../../ui/tone.ts";
import { refusalWords } from "./refusal-words.ts";
import type { Target } from "./send.ts";

const targetWords = {
  en: {
    label: "Channels",
    delivered: "Handed on",
    stored: "Kept, and being handed on",
    queued: "In the queue",
    failed: "Failed",
    connections: (count: string) => (count === "1" ? "1 connection" : `${count} connections`),
    place: (offset: string) => `entry ${offset} of its log`,
  },
  th: {
    label: "ช่องทาง",
    delivered: "ส่งถึงแล้ว",
    stored: "เก็บแล้วและกำลังส่งต่อ",
    queued: "อยู่ในคิว",
    failed: "ไม่สำเร็จ",
    connections: (count: string) => `${count} การเชื่อมต่อ`,
    place: (offset: string) => `รายการที่ ${offset} ในบันทึก`,
  },
};

const tones: Readonly<Record<Target["status"], Tone>> = {
  ...{ delivered: "green", stored: "green", queued: "amber", failed: "red" },
};

/** Each target of a broadcast, and what the service did there. An audience is handed its events after the answer. */
export function TargetRows({ targets }: { readonly targets: readonly Target[] }) {
  const words = useWords(targetWords);
  const refusals = useWords(refusalWords);
  const { number } = useFormat();
  return (
    <ul className="rows" aria-label={words.label}>
      {targets.map(({ channel, status, connections, offset, code }) => (
        <li key={channel}>
          <span className="tile" data-tone={tones[status]}>
            <Icon name="megaphone" size={18} />
          </span>
          <div className="grow">
            <p>
              <code>{channel}</code>
            </p>
            <Chip tone={tones[status]}>{words[status]}</Chip>
            <p className="when">
              {code !== undefined && (refusals[code] ?? code)}
              {offset !== undefined && words.place(number(offset))}
              {connections > 0 && ` · ${words.connections(number(connections))}`}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
