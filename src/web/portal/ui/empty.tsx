import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon.tsx";

/** What stands where nothing is yet. */
export function Empty({ icon, children }: { readonly icon: IconName; readonly children: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <p>{children}</p>
    </div>
  );
}
