import type { InboxNotification } from "../client/api.ts";
import { chime } from "./chime.ts";
import { remembered } from "./remembered.ts";
import { useNewNotifications } from "./use-new-notifications.ts";

const defaults = { volume: 0.6 };

/** ms in which another tab that hears of the same notification leaves it to the first. */
const TURN = 3000;

export interface NotificationSoundProps {
  /** What was chosen on this device by `NotificationPrompt` unless it is said, and off before that: a page that sounds without being asked to is closed. */
  readonly enabled?: boolean | undefined;
  /** From 0 to 1: 0.6 unless it is said. */
  readonly volume?: number | undefined;
  /** Plays something else. */
  readonly play?: ((notification: InboxNotification) => void) | undefined;
}

/** A soft sound with each new notification, in one tab only; none with silent and replayed ones. It draws nothing. */
export function NotificationSound({
  enabled,
  volume = defaults.volume,
  play = () => void chime(volume),
}: NotificationSoundProps) {
  useNewNotifications((notification, { replayed }) => {
    if (!(enabled ?? remembered("sound") ?? false) || replayed || notification.silent) return;
    inOneTab(`carillon sound ${notification.id}`, () => play(notification));
  });
  return null;
}

/** Does something in the first tab that asks. */
function inOneTab(name: string, run: () => void): void {
  if (!navigator.locks) {
    run();
    return;
  }
  void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
    if (!lock) return;
    run();
    return new Promise((resolve) => setTimeout(resolve, TURN));
  });
}
