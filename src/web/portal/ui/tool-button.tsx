import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./icon.tsx";

export interface ToolButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName;
  /** px. */
  readonly size?: number;
  /** What it does: its name, shown to who points at it. */
  readonly label: string;
}

/** A button that is only a drawing. */
export function ToolButton({ icon, size = 20, label, ...rest }: ToolButtonProps) {
  return (
    <button {...rest} type="button" className="tool" aria-label={label} title={label}>
      <Icon name={icon} size={size} />
    </button>
  );
}
