import { type FormEvent, useState } from "react";
import type { Preferences } from "../client/api.ts";
import { names } from "./names.ts";
import { PanelLoading, PanelNotice } from "./panel-states.tsx";
import { useTexts } from "./provider.tsx";
import { QuietHours } from "./quiet-hours.tsx";
import { usePreferences } from "./use-preferences.ts";

export interface PreferencesFormProps {
  /** The types that can be chosen, and what they are called; those that the user has already chosen come after them. */
  readonly types: readonly { readonly type: string; readonly label: string }[];
  readonly onSaved?: ((preferences: Preferences) => void) | undefined;
  readonly className?: string | undefined;
}

/**
 * What the user wants of notifications: of each type whether it comes into the inbox and whether it is announced; and
 * quiet hours.
 *
 * @example
 * <PreferencesForm types={[{ type: "payment", label: "Payments" }]} />
 */
export function PreferencesForm({ types, onSaved, className }: PreferencesFormProps) {
  const { status, preferences, save, reload } = usePreferences();
  const texts = useTexts();
  /** What has been changed and not been saved. */
  const [draft, setDraft] = useState<Preferences>();
  const [outcome, setOutcome] = useState<"none" | "saved" | "failed">("none");
  const now = draft ?? preferences;

  if (!now) {
    return (
      <div className={names("carillon", "carillon-preferences", className)}>
        {status === "failed" ? (
          <PanelNotice onRetry={() => void reload()}>{texts.loadFailed}</PanelNotice>
        ) : (
          <PanelLoading />
        )}
      </div>
    );
  }

  const change = (changed: Preferences) => {
    setDraft(changed);
    setOutcome("none");
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (status === "saving") return;
    try {
      await save(now);
      setDraft(undefined);
      setOutcome("saved");
      onSaved?.(now);
    } catch {
      setOutcome("failed");
    }
  };
  const known = new Set(types.map(({ type }) => type));
  const others = Object.keys(now.types).filter((type) => !known.has(type));
  const rows = [...types, ...others.map((type) => ({ type, label: type }))];

  return (
    <form
      className={names("carillon", "carillon-preferences", className)}
      aria-label={texts.preferences}
      onSubmit={(event) => void submit(event)}
    >
      <table className="carillon-types">
        <thead>
          <tr>
            <th scope="col">{texts.notificationType}</th>
            <th scope="col">{texts.inInbox}</th>
            <th scope="col">{texts.announced}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ type, label }) => {
            const wanted = wantedOf(now, type);
            const set = (part: Partial<Wanted>) =>
              change({ ...now, types: { ...now.types, [type]: { ...wanted, ...part } } });
            return (
              <tr key={type}>
                <th scope="row">{label}</th>
                <td>
                  <input
                    type="checkbox"
                    className="carillon-switch"
                    aria-label={texts.inInboxOf(label)}
                    checked={wanted.inbox}
                    onChange={({ target }) => set({ inbox: target.checked })}
                  />
                </td>
                <td>
                  <input
                    type="checkbox"
                    className="carillon-switch"
                    aria-label={texts.announcedOf(label)}
                    // What does not come is not announced either.
                    checked={wanted.inbox && wanted.announce}
                    disabled={!wanted.inbox}
                    onChange={({ target }) => set({ announce: target.checked })}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <QuietHours hours={now.quietHours} onChange={(quietHours) => change({ ...now, quietHours })} />
      <div className="carillon-form-end">
        <span className="carillon-hint" role="status">
          {outcome === "saved" && texts.saved}
        </span>
        <button
          type="submit"
          className="carillon-button"
          data-tone="accent"
          aria-disabled={status === "saving"}
        >
          {status === "saving" ? texts.saving : texts.save}
        </button>
      </div>
      {outcome === "failed" && <PanelNotice>{texts.actionFailed}</PanelNotice>}
    </form>
  );
}

type Wanted = Preferences["types"][string];

function wantedOf({ types }: Preferences, type: string): Wanted {
  return (Object.hasOwn(types, type) ? types[type] : undefined) ?? { inbox: true, announce: true };
}
