import type { ButtonHTMLAttributes, Ref } from "react";
import { Icon, type IconName } from "./icons.tsx";

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  /** What it does. */
  label: string;
  /** What it does it to, where there are several of its kind: part of its name, but not of what is shown. */
  of?: string | undefined;
  /** React 18 hands no `ref` on to components. */
  buttonRef?: Ref<HTMLButtonElement> | undefined;
}

/** A button that is only a drawing: what it does is its name, and is shown to who points at it. */
export function IconButton({ icon, label, of, buttonRef, ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      ref={buttonRef}
      type="button"
      className="carillon-icon-button"
      aria-label={of === undefined ? label : `${label}: ${of}`}
      title={label}
    >
      <Icon name={icon} />
    </button>
  );
}
