import { useWords } from "../language-choice.ts";
import { Refused } from "../service.ts";
import { Chip } from "../ui/chip.tsx";
import { useFormat } from "../ui/format.ts";
import type { Published } from "./play-backend.ts";

/** Something that was played, and what came of it. */
export interface Played {
  readonly label: string;
  readonly at: number;
  readonly outcome: Published | Refused;
}

const listWords = {
  en: { title: "What was posted", live: (count: number) => `${count} live`, stored: "stored" },
  th: { title: "สิ่งที่ส่งไป", live: (count: number) => `ถึงทันที ${count}`, stored: "เก็บไว้" },
  vi: { title: "Đã gửi", live: (count: number) => `${count} trực tiếp`, stored: "đã lưu" },
};

/** What the service said of the last posts: each target, and how many sockets it reached at once. */
export function PlayedList({ played }: { readonly played: readonly Played[] }) {
  const words = useWords(listWords);
  const { clock } = useFormat();
  return (
    <ol className="played" aria-label={words.title} aria-live="polite">
      {played.map(({ label, at, outcome }) => (
        <li key={at}>
          <p>
            <strong>{label}</strong> <time>{clock(at)}</time>
          </p>
          {outcome instanceof Refused ? (
            <p>
              <Chip tone="red">{outcome.code}</Chip> {outcome.message}
            </p>
          ) : (
            <ul>
              {outcome.results.flatMap(({ id, event, targets }) =>
                targets.map(({ channel, connections, status, code }) => (
                  <li key={`${id}${channel}`}>
                    <code>{event}</code> → <code>{channel}</code>{" "}
                    <Chip tone={status === "failed" ? "red" : connections > 0 ? "green" : "grey"}>
                      {code ?? (connections > 0 ? words.live(connections) : words.stored)}
                    </Chip>
                  </li>
                )),
              )}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}
