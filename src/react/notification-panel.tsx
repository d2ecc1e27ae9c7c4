import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import type { InboxNotification } from "../client/api.ts";
import { linkTo } from "./action-url.ts";
import { ClearButton } from "./clear-button.tsx";
import { IconButton } from "./icon-button.tsx";
import type { Icons } from "./icons.tsx";
import { names } from "./names.ts";
import type { ItemAction, NotificationItemProps } from "./notification-item.tsx";
import { defaultItem, PanelItem } from "./panel-item.tsx";
import { PanelEmpty, PanelLoading, PanelNotice } from "./panel-states.tsx";
import { usePanels, useTexts } from "./provider.tsx";
import { useInbox } from "./use-inbox.ts";
import { useLatest } from "./use-latest.ts";
import { useLayout } from "./use-layout.ts";
import { useRoving } from "./use-roving.ts";

export interface NotificationPanelProps {
  /** Takes the focus when it appears, as what a button opened does. */
  readonly autoFocus?: boolean | undefined;
  /** Called when a notification's link was followed; with it there is a button to close. */
  readonly onClose?: (() => void) | undefined;
  /** A notification was opened; `preventDefault` keeps the browser from following its link, for a router of one's own. */
  readonly onOpen?: NotificationItemProps["onOpen"];
  /** What stands for a type of notification in place of what comes along. */
  readonly icons?: Icons | undefined;
  /** Draws one notification; `NotificationItem` with these very properties unless it is said. */
  readonly renderItem?: ((item: NotificationItemProps) => ReactNode) | undefined;
  /** Whether what is shown counts as seen: it does unless it is said. */
  readonly marksSeen?: boolean | undefined;
  readonly className?: string | undefined;
}

type Filter = "all" | "unread";

/**
 * The user's notifications: read and unread, to be opened, marked, archived and deleted, by pointer and by keyboard.
 * Arrow keys, Home and End go from one to the next, Enter opens, Delete deletes.
 *
 * @example
 * <NotificationPanel onOpen={(notification, event) => { event.preventDefault(); navigate(notification.actionUrl); }} />
 */
export function NotificationPanel({
  autoFocus = false,
  onClose,
  onOpen,
  icons,
  renderItem = defaultItem,
  marksSeen = true,
  className,
}: NotificationPanelProps) {
  const inbox = useInbox();
  const texts = useTexts();
  const headingId = useId();
  const panelRef = useRef<HTMLElement>(null);
  const [filter, setFilter] = useState<Filter>("all");
  const [failed, setFailed] = useState(false);
  const shown = filter === "all" ? inbox.items : inbox.items.filter(({ readAt }) => readAt === null);
  const roving = useRoving(
    shown.map(({ id }) => id),
    panelRef,
  );
  const { unseen, unread, total } = inbox.counts;

  /** Does something that the service may refuse, and says so then. */
  const attempt = (deed: Promise<unknown>) => {
    setFailed(false);
    deed.catch(() => setFailed(true));
  };

  useShown();
  useSeen(marksSeen && inbox.status === "ready" && unseen > 0, inbox.markAllSeen);

  // Only when it appears.
  useLayout(() => {
    if (autoFocus) roving.focus(roving.currentId);
  }, []);

  const open = (notification: InboxNotification, event: MouseEvent<HTMLElement>) => {
    if (notification.readAt === null) attempt(inbox.markRead(notification.id));
    onOpen?.(notification, event);
    const isElsewhere = event.metaKey || event.ctrlKey || event.shiftKey;
    if (linkTo(notification.actionUrl) !== undefined && !isElsewhere) onClose?.();
  };
  const act = (action: ItemAction, { id }: InboxNotification) => attempt(inbox.mark(action, id));
  // The same functions in every render, so that one notification more does not draw a thousand others again.
  const latest = useLatest({ open, act });
  const [stable] = useState(() => ({
    open: (...given: Parameters<typeof open>) => latest.current.open(...given),
    act: (...given: Parameters<typeof act>) => latest.current.act(...given),
  }));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const current = shown.find(({ id }) => id === roving.currentId);
    const isInList = event.target instanceof Node && roving.listRef.current?.contains(event.target);
    if (isInList && current && (event.key === "Delete" || event.key === "Backspace")) {
      event.preventDefault();
      act("deleted", current);
    } else roving.onKeyDown(event);
  };
  const loadMore = async () => {
    const known = shown.length;
    const hadFocus = panelRef.current?.querySelector(".carillon-more")?.contains(document.activeElement);
    setFailed(false);
    try {
      await inbox.loadMore();
      if (hadFocus) setFocusAt(known);
    } catch {
      setFailed(true);
    }
  };
  // What has just come is there only in the next render.
  const [focusAt, setFocusAt] = useState<number>();
  useLayout(() => {
    const id = focusAt === undefined ? undefined : shown[focusAt]?.id;
    if (id === undefined) return;
    setFocusAt(undefined);
    roving.focus(id);
  });

  return (
    <section
      ref={panelRef}
      className={names("carillon", "carillon-panel", className)}
      aria-labelledby={headingId}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <header className="carillon-panel-header">
        <h2 id={headingId} className="carillon-panel-title">
          {texts.notifications}
        </h2>
        <IconButton
          icon="checks"
          label={texts.markAllRead}
          aria-disabled={unread === 0}
          onClick={() => unread > 0 && attempt(inbox.markAllRead())}
        />
        <ClearButton isEmpty={total === 0} onClear={() => attempt(inbox.clear())} />
        {onClose && <IconButton icon="close" label={texts.close} onClick={onClose} />}
      </header>
      <fieldset className="carillon-filter">
        <legend className="carillon-hidden">{texts.show}</legend>
        {(["all", "unread"] as const).map((name) => (
          <button
            key={name}
            type="button"
            className="carillon-filter-button"
            aria-pressed={filter === name}
            onClick={() => setFilter(name)}
          >
            {texts[name]}
            {name === "unread" && unread > 0 && <span className="carillon-filter-count">{unread}</span>}
          </button>
        ))}
      </fieldset>
      {failed && <PanelNotice>{texts.actionFailed}</PanelNotice>}
      <div className="carillon-panel-body">
        {inbox.status === "failed" && shown.length > 0 && (
          <PanelNotice onRetry={() => attempt(inbox.reload())}>{texts.loadFailed}</PanelNotice>
        )}
        {shown.length === 0 && (
          <PanelNothing filter={filter} status={inbox.status} onRetry={() => attempt(inbox.reload())} />
        )}
        <ul
          ref={roving.listRef}
          className="carillon-list"
          aria-label={texts.notifications}
          // biome-ignore lint/a11y/noRedundantRoles: Safari takes the role from a list without bullets
          role="list"
          hidden={shown.length === 0}
          onFocus={roving.onFocus}
          onBlur={roving.onBlur}
        >
          {shown.map((notification) => (
            <PanelItem
              key={notification.id}
              notification={notification}
              isCurrent={notification.id === roving.currentId}
              icons={icons}
              renderItem={renderItem}
              onOpen={stable.open}
              onAction={stable.act}
            />
          ))}
        </ul>
        {inbox.hasMore && inbox.status !== "failed" && (
          <div className="carillon-more">
            <button
              type="button"
              className="carillon-button"
              aria-disabled={inbox.status === "loading"}
              onClick={() => inbox.status !== "loading" && void loadMore()}
            >
              {inbox.status === "loading" ? texts.loading : texts.loadMore}
            </button>
          </div>
        )}
      </div>
    </section>
  );
}

function PanelNothing({ filter, status, onRetry }: { filter: Filter; status: string; onRetry: () => void }) {
  const texts = useTexts();
  if (status === "idle" || status === "loading") return <PanelLoading />;
  if (status === "failed") return <PanelEmpty title={texts.loadFailed} onRetry={onRetry} />;
  if (filter === "unread") return <PanelEmpty title={texts.emptyUnread} />;
  return <PanelEmpty title={texts.empty} hint={texts.emptyHint} />;
}

/** Tells the toasts that what comes is shown here already. */
function useShown(): void {
  const panels = usePanels();
  useEffect(() => {
    const panel = {};
    panels.add(panel);
    return () => void panels.delete(panel);
  }, [panels]);
}

/** Marks as seen what is shown, once for each time that there is something. */
function useSeen(isDue: boolean, markAllSeen: () => Promise<unknown>): void {
  const isAsked = useRef(false);
  useEffect(() => {
    if (!isDue) {
      isAsked.current = false;
      return;
    }
    if (isAsked.current) return;
    isAsked.current = true;
    // Nobody asked for it, so nobody is told that it failed: what is unseen stays so until the next time.
    markAllSeen().catch(() => {});
  }, [isDue, markAllSeen]);
}
