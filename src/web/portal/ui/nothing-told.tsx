import { useWords } from "../language-choice.ts";
import type { StoryView } from "../story.ts";
import { Empty } from "./empty.tsx";
import type { IconName } from "./icon.tsx";

const nothingWords = {
  en: { loading: "Loading…", failed: "It could not be fetched." },
  th: { loading: "กำลังโหลด…", failed: "โหลดไม่สำเร็จ" },
  vi: { loading: "Đang tải…", failed: "Không tải được." },
};

export interface NothingToldProps {
  readonly icon: IconName;
  /** Of the log that would tell. */
  readonly status: StoryView["status"];
  /** What is said where the log was read, and there is nothing. */
  readonly children: string;
}

/** What stands where a log has told of nothing: it is being read, it could not be, or there is nothing. */
export function NothingTold({ icon, status, children }: NothingToldProps) {
  const words = useWords(nothingWords);
  return <Empty icon={icon}>{status === "ready" ? children : words[status]}</Empty>;
}
