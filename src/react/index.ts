"use client";

/**
 * Carillon for React 18 and 19: `import { RealtimeProvider, NotificationBell } from "carillon/react"`, with
 * `carillon/react/style.css` for those who do not write their own. docs/react.md shows it at work.
 */
export { type Announcement, announcementEvents, announcementOf } from "./announcement.ts";
export { AnnouncementSubscriber, type AnnouncementSubscriberProps } from "./announcement-subscriber.tsx";
export { BrowserNotifications, type BrowserNotificationsProps } from "./browser-notifications.tsx";
export { Celebration, type CelebrationProps } from "./celebration.tsx";
export { ChannelSubscriber, type ChannelSubscriberProps } from "./channel-subscriber.tsx";
export { chime } from "./chime.ts";
export { ConnectionBadge, type ConnectionBadgeProps } from "./connection-badge.tsx";
export type {
  AnyEventListener,
  EventListener,
  EventName,
  Events,
  RealtimeClient,
  Register,
} from "./events.ts";
export {
  Icon,
  type IconName,
  type Icons,
  kindOf,
  NotificationIcon,
  type NotificationIconProps,
  type Tone,
} from "./icons.tsx";
export { NotificationBell, type NotificationBellProps } from "./notification-bell.tsx";
export { type ItemAction, NotificationItem, type NotificationItemProps } from "./notification-item.tsx";
export { NotificationPanel, type NotificationPanelProps } from "./notification-panel.tsx";
export { NotificationPrompt, type NotificationPromptProps } from "./notification-prompt.tsx";
export { NotificationSound, type NotificationSoundProps } from "./notification-sound.tsx";
export { OfflineBanner, type OfflineBannerProps } from "./offline-banner.tsx";
export { PreferencesForm, type PreferencesFormProps } from "./preferences-form.tsx";
export { PresenceList, type PresenceListProps } from "./presence-list.tsx";
export { RealtimeProvider, type RealtimeProviderProps, useClient, useLocale, useTexts } from "./provider.tsx";
export { QuietHours, type QuietHoursProps } from "./quiet-hours.tsx";
export { relativeTime } from "./relative-time.ts";
export { type Choice, useRemembered } from "./remembered.ts";
export { type Language, type Texts, texts, textsFor } from "./texts.ts";
export { RelativeTime, type RelativeTimeProps } from "./time.tsx";
export type { Toast } from "./toast-queue.ts";
export { Toasts, type ToastsProps } from "./toasts.tsx";
export { TypingIndicator, type TypingIndicatorProps } from "./typing-indicator.tsx";
export { useAnnouncements } from "./use-announcements.ts";
export {
  type BrowserNotificationsModel,
  type UseBrowserNotificationsOptions,
  useBrowserNotifications,
} from "./use-browser-notifications.ts";
export {
  type BrowserPermission,
  type BrowserPermissionModel,
  useBrowserPermission,
} from "./use-browser-permission.ts";
export { type ChannelView, type UseChannelOptions, useChannel } from "./use-channel.ts";
export { type Connection, useConnection } from "./use-connection.ts";
export { type UseEventOptions, useEvent } from "./use-event.ts";
export { type InboxActions, type InboxModel, useInbox } from "./use-inbox.ts";
export { useNewNotifications } from "./use-new-notifications.ts";
export { useNow } from "./use-now.ts";
export { type Popover, usePopover } from "./use-popover.ts";
export { type PreferencesModel, type PreferencesView, usePreferences } from "./use-preferences.ts";
export { type RoomPresence, usePresence } from "./use-presence.ts";
export { type Roving, useRoving } from "./use-roving.ts";
export { type Since, type Subscription, useSubscription } from "./use-subscription.ts";
export { type ToastsModel, type UseToastsOptions, useToasts } from "./use-toasts.ts";
export { type RoomTyping, useTyping } from "./use-typing.ts";
