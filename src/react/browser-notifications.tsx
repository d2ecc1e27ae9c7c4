import { Icon } from "./icons.tsx";
import { names } from "./names.ts";
import { useTexts } from "./provider.tsx";
import { type UseBrowserNotificationsOptions, useBrowserNotifications } from "./use-browser-notifications.ts";

export interface BrowserNotificationsProps extends UseBrowserNotificationsOptions {
  readonly className?: string | undefined;
}

/** Shows notifications of the browser, and until the user was asked for the permission a button that asks. */
export function BrowserNotifications({ className, ...options }: BrowserNotificationsProps) {
  const { permission, request } = useBrowserNotifications(options);
  const texts = useTexts();
  if (permission === "unsupported" || permission === "granted") return null;
  if (permission === "denied") {
    return (
      <p className={names("carillon", "carillon-hint", className)}>{texts.browserNotificationsBlocked}</p>
    );
  }
  return (
    <button
      type="button"
      className={names("carillon", "carillon-button", className)}
      onClick={() => void request()}
    >
      <Icon name="bell" />
      {texts.turnOnBrowserNotifications}
    </button>
  );
}
