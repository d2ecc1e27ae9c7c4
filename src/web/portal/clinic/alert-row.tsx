import { useState } from "react";
import { useWords } from "../language-choice.ts";
import { Button } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { useFormat } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { type Alert, toneOfLevel } from "./alerts.ts";
import { nameOf } from "./name-of.ts";

const rowWords = {
  en: {
    levels: { info: "For information", warning: "Warning", critical: "Critical" },
    seen: (name: string, time: string) => `Seen to by ${name}, ${time}`,
    takeUp: "I am on it",
    takeUpOf: (message: string) => `I am on it: ${message}`,
  },
  th: {
    levels: { info: "แจ้งเพื่อทราบ", warning: "เฝ้าระวัง", critical: "วิกฤต" },
    seen: (name: string, time: string) => `${name} รับทราบแล้วเมื่อ ${time}`,
    takeUp: "รับทราบและดำเนินการ",
    takeUpOf: (message: string) => `รับทราบและดำเนินการ: ${message}`,
  },
};

export interface AlertRowProps {
  readonly alert: Alert;
  readonly takeUp: (id: string) => Promise<void>;
}

/** One alert: how grave it is, and who is seeing to it. */
export function AlertRow({ alert, takeUp }: AlertRowProps) {
  const words = useWords(rowWords);
  const [isBusy, setBusy] = useState(false);
  const { moment } = useFormat();
  const { id, message, level, at, seenBy, seenAt } = alert;
  const press = async () => {
    setBusy(true);
    await takeUp(id);
    setBusy(false);
  };
  return (
    <li className="alert-row arrived" data-open={level === "critical" && seenAt === undefined}>
      <span className="tile" data-tone={toneOfLevel[level]}>
        <Icon name={level === "info" ? "bell" : "alert"} />
      </span>
      <div className="grow">
        <p className="alert-message">{message}</p>
        <p className="when">
          <time dateTime={new Date(at).toISOString()}>{moment(at)}</time>
          {seenAt !== undefined && ` · ${words.seen(nameOf(seenBy ?? ""), moment(seenAt))}`}
        </p>
      </div>
      <div className="alert-state">
        <Chip tone={toneOfLevel[level]}>{words.levels[level]}</Chip>
        {level === "critical" && seenAt === undefined && (
          <Button disabled={isBusy} aria-label={words.takeUpOf(message)} onClick={() => void press()}>
            {words.takeUp}
          </Button>
        )}
      </div>
    </li>
  );
}
