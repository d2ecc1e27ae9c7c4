import { Icon, type IconName } from "./icon.tsx";
import type { Tone } from "./tone.ts";

export interface StatProps {
  readonly label: string;
  /** Written as it is to be read, with its unit; nothing while it is not known. */
  readonly value: string | number | undefined;
  readonly icon: IconName;
  readonly tone?: Tone;
  /** A small line below. */
  readonly note?: string;
}

/** A number that moves by itself. It flashes once when it has changed. */
export function Stat({ label, value, icon, tone = "blue", note }: StatProps) {
  return (
    <div className="stat" data-tone={tone}>
      <span className="stat-icon">
        <Icon name={icon} />
      </span>
      <dl>
        <dt>{label}</dt>
        <dd key={value} className="stat-value">
          {value ?? "–"}
        </dd>
      </dl>
      {note !== undefined && <p className="stat-note">{note}</p>}
    </div>
  );
}
