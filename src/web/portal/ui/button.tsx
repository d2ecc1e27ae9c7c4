import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon?: IconName | undefined;
  /** `primary` for the one thing that a page is for; `danger` for what cannot be taken back. */
  readonly kind?: "primary" | "plain" | "quiet" | "danger";
}

/** A button with a drawing before its words. */
export function Button({ icon, kind = "plain", className, children, type = "button", ...rest }: ButtonProps) {
  const names = ["button", kind, className].filter((name) => name !== undefined).join(" ");
  return (
    <button {...rest} type={type} className={names}>
      {icon !== undefined && <Icon name={icon} size={18} />}
      {children}
    </button>
  );
}
