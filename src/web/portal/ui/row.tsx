import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";
import type { Tone } from "./tone.ts";

export interface RowProps {
  readonly icon: IconName;
  readonly tone: Tone;
  readonly title: ReactNode;
  /** A small line below: when it was, who it is about. */
  readonly note: ReactNode;
  /** At the end: a state, or a button. */
  readonly end?: ReactNode;
  /** Whether it has come, or changed, while somebody looked. */
  readonly isNew: boolean;
  /** For who has a look of its own. */
  readonly className?: string;
}

/** One row of a list with the class `rows`. */
export function Row({ icon, tone, title, note, end, isNew, className }: RowProps) {
  const names = [className, isNew && "arrived"].filter((name) => name);
  return (
    <li className={names.join(" ")}>
      <span className="tile" data-tone={tone}>
        <Icon name={icon} />
      </span>
      <div className="grow">
        <p>{title}</p>
        <p className="when">{note}</p>
      </div>
      {end}
    </li>
  );
}
