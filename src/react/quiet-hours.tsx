import { useId } from "react";
import type { Preferences } from "../client/api.ts";
import { useTexts } from "./provider.tsx";

export interface QuietHoursProps {
  readonly hours: Preferences["quietHours"];
  readonly onChange: (hours: Preferences["quietHours"]) => void;
}

/** The hours in which nothing makes itself heard, if there are to be any. */
export function QuietHours({ hours, onChange }: QuietHoursProps) {
  const texts = useTexts();
  const hintId = useId();
  return (
    <fieldset className="carillon-quiet">
      <label className="carillon-quiet-switch">
        <span>{texts.quietHours}</span>
        <input
          type="checkbox"
          className="carillon-switch"
          aria-describedby={hintId}
          checked={hours !== null}
          onChange={({ target }) =>
            onChange(target.checked ? { from: "22:00", to: "07:00", timeZone: ownTimeZone() } : null)
          }
        />
      </label>
      <p id={hintId} className="carillon-hint">
        {texts.quietHoursHint}
      </p>
      {hours && (
        <div className="carillon-quiet-hours">
          <label className="carillon-field">
            {texts.from}
            <input
              type="time"
              required
              value={hours.from}
              onChange={({ target }) => onChange({ ...hours, from: target.value })}
            />
          </label>
          <label className="carillon-field">
            {texts.to}
            <input
              type="time"
              required
              value={hours.to}
              onChange={({ target }) => onChange({ ...hours, to: target.value })}
            />
          </label>
          <label className="carillon-field">
            {texts.timeZone}
            <select
              value={hours.timeZone}
              onChange={({ target }) => onChange({ ...hours, timeZone: target.value })}
            >
              {timeZones(hours.timeZone).map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </select>
          </label>
        </div>
      )}
    </fieldset>
  );
}

function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** All that the browser knows, with the one that is chosen, which may have another name here. */
function timeZones(chosen: string): readonly string[] {
  return [...new Set([chosen, ownTimeZone(), ...Intl.supportedValuesOf("timeZone")])].sort();
}
