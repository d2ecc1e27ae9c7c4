import { useId } from "react";
import { names } from "./names.ts";
import { useTexts } from "./provider.tsx";
import { useRemembered } from "./remembered.ts";
import { useBrowserPermission } from "./use-browser-permission.ts";

export interface NotificationPromptProps {
  readonly className?: string | undefined;
}

/**
 * Two switches for this device, both off until somebody turns them on: notifications of the browser, for which the
 * permission is asked by that click, and the sound. They are kept in `localStorage`, and `BrowserNotifications` and
 * `NotificationSound` go by them.
 *
 * @example
 * <NotificationPrompt />
 */
export function NotificationPrompt({ className }: NotificationPromptProps) {
  const texts = useTexts();
  const { permission, request } = useBrowserPermission();
  const [wantsBrowser, chooseBrowser] = useRemembered("browserNotifications");
  const [wantsSound, chooseSound] = useRemembered("sound");
  const isBlocked = permission === "denied";
  const turn = async (isOn: boolean) => {
    if (!isOn) return chooseBrowser(false);
    chooseBrowser((await request()) === "granted");
  };
  return (
    <fieldset className={names("carillon", "carillon-prompt", className)}>
      <legend className="carillon-prompt-title">{texts.onThisDevice}</legend>
      {permission !== "unsupported" && (
        <Choice
          label={texts.browserNotifications}
          hint={isBlocked ? texts.browserNotificationsBlocked : texts.browserNotificationsHint}
          isOn={permission === "granted" && wantsBrowser !== false}
          isDisabled={isBlocked}
          onChange={(isOn) => void turn(isOn)}
        />
      )}
      <Choice label={texts.sound} hint={texts.soundHint} isOn={wantsSound === true} onChange={chooseSound} />
    </fieldset>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly isDisabled?: boolean | undefined;
  readonly onChange: (isOn: boolean) => void;
}

function Choice({ label, hint, isOn, isDisabled = false, onChange }: ChoiceProps) {
  const hintId = useId();
  return (
    <div className="carillon-quiet">
      <label className="carillon-quiet-switch">
        <span>{label}</span>
        <input
          type="checkbox"
          className="carillon-switch"
          aria-describedby={hintId}
          checked={isOn}
          disabled={isDisabled}
          onChange={({ target }) => onChange(target.checked)}
        />
      </label>
      <p id={hintId} className="carillon-hint">
        {hint}
      </p>
    </div>
  );
}
