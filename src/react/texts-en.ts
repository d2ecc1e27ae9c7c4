import type { Texts } from "./texts.ts";

export const english: Texts = {
  notifications: "Notifications",
  unreadCount: (count) => (count === 1 ? "1 unread notification" : `${count} unread notifications`),
  unread: "Unread",
  all: "All",
  show: "Show",
  markRead: "Mark as read",
  markUnread: "Mark as unread",
  markAllRead: "Mark all as read",
  archive: "Archive",
  delete: "Delete",
  clearAll: "Delete all",
  confirmClear: "Delete all notifications?",
  cancel: "Cancel",
  loadMore: "Show older",
  loading: "Loading…",
  empty: "You’re all caught up",
  emptyHint: "New notifications will appear here.",
  emptyUnread: "Nothing unread",
  loadFailed: "Notifications could not be loaded.",
  actionFailed: "That didn’t work. Please try again.",
  retry: "Try again",
  close: "Close",

  live: "Live",
  connecting: "Connecting",
  offline: "Offline",
  polling: "delayed by a few seconds",
  reconnect: "Reconnect",
  noConnection: "No connection. What is new will appear when it is back.",
  delayed: "Updates may arrive a few seconds late.",

  toasts: "New notifications",
  dismiss: "Dismiss",
  open: "Open",
  whileAway: (count) =>
    count === 1 ? "1 new notification while you were away" : `${count} new notifications while you were away`,
  announcement: "Announcement",

  turnOnBrowserNotifications: "Turn on browser notifications",
  browserNotificationsBlocked: "This browser blocks notifications from this site.",
  onThisDevice: "On this device",
  browserNotifications: "Browser notifications",
  browserNotificationsHint: "Shown while you are looking at something else.",
  sound: "Sound",
  soundHint: "A soft chime when something new arrives.",
  congratulations: "Congratulations!",

  typing: ([first, second, ...others]) => {
    if (second === undefined) return `${first} is typing…`;
    if (others.length === 0) return `${first} and ${second} are typing…`;
    return "Several people are typing…";
  },
  presence: "Who is here",
  peopleHere: (count) => (count === 1 ? "1 person here" : `${count} people here`),
  morePeople: (count) => `and ${count} more`,

  preferences: "Notification settings",
  notificationType: "Type",
  inInbox: "In the inbox",
  announced: "Alerts",
  inInboxOf: (type) => `${type}: keep in the inbox`,
  announcedOf: (type) => `${type}: alert me`,
  quietHours: "Quiet hours",
  quietHoursHint: "Nothing pops up and nothing sounds, except what is critical.",
  from: "From",
  to: "To",
  timeZone: "Time zone",
  save: "Save",
  saving: "Saving…",
  saved: "Saved",
};
