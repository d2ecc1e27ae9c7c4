import type { ReactNode } from "react";
import { Icon } from "./icons.tsx";
import { names } from "./names.ts";
import { NotificationPanel } from "./notification-panel.tsx";
import { useTexts } from "./provider.tsx";
import { useInbox } from "./use-inbox.ts";
import { usePopover } from "./use-popover.ts";

/** More than this is not told apart at a glance. */
const MOST = 9;

export interface NotificationBellProps {
  /** What the badge counts: what is unread, or what has come since the panel was last opened. */
  readonly count?: "unread" | "unseen" | undefined;
  /** What the bell opens, given the way to close it; a `NotificationPanel` unless it is said. */
  readonly children?: ((close: () => void) => ReactNode) | undefined;
  readonly className?: string | undefined;
}

/**
 * The bell with its badge (9+ from ten on), and the panel that it opens.
 *
 * @example
 * <NotificationBell />
 */
export function NotificationBell({ count = "unread", children, className }: NotificationBellProps) {
  const { counts } = useInbox();
  const texts = useTexts();
  const popover = usePopover();
  const shown = counts[count];
  return (
    <div className={names("carillon", "carillon-bell", className)}>
      <button
        ref={popover.buttonRef}
        type="button"
        className="carillon-bell-button"
        aria-label={shown > 0 ? `${texts.notifications}, ${texts.unreadCount(shown)}` : texts.notifications}
        aria-haspopup="dialog"
        aria-expanded={popover.isOpen}
        aria-controls={popover.isOpen ? popover.contentId : undefined}
        onClick={popover.toggle}
      >
        <Icon name="bell" />
      </button>
      {shown > 0 && (
        <span className="carillon-badge" aria-hidden="true">
          {shown > MOST ? `${MOST}+` : shown}
        </span>
      )}
      <span className="carillon-hidden" role="status">
        {shown > 0 ? texts.unreadCount(shown) : ""}
      </span>
      {popover.isOpen && (
        <div
          ref={popover.contentRef}
          id={popover.contentId}
          className="carillon-popover"
          role="dialog"
          aria-label={texts.notifications}
        >
          {children ? children(popover.close) : <NotificationPanel autoFocus onClose={popover.close} />}
        </div>
      )}
    </div>
  );
}
