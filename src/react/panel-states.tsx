import type { ReactNode } from "react";
import { Icon } from "./icons.tsx";
import { useTexts } from "./provider.tsx";

/** What stands in a panel that has nothing to show. */
export function PanelEmpty({
  title,
  hint,
  onRetry,
}: {
  title: string;
  hint?: string | undefined;
  /** What is not there could not be fetched, and may be tried again. */
  onRetry?: (() => void) | undefined;
}) {
  const texts = useTexts();
  return (
    <div className="carillon-empty" role={onRetry && "alert"}>
      <span className="carillon-empty-icon" aria-hidden="true">
        <Icon name={onRetry ? "warning" : "bell"} />
      </span>
      <p className="carillon-empty-title">{title}</p>
      {hint !== undefined && <p className="carillon-empty-hint">{hint}</p>}
      {onRetry && (
        <button type="button" className="carillon-button" onClick={onRetry}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}

/** Rows without content, of the height that rows will have. */
export function PanelLoading() {
  const texts = useTexts();
  return (
    <div className="carillon-skeleton" role="status">
      <span className="carillon-hidden">{texts.loading}</span>
      {[0, 1, 2, 3].map((row) => (
        <div key={row} className="carillon-skeleton-row" aria-hidden="true">
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}

/** Something that went wrong, and the way to try it again. */
export function PanelNotice({
  children,
  onRetry,
}: {
  children: ReactNode;
  onRetry?: (() => void) | undefined;
}) {
  const texts = useTexts();
  return (
    <div className="carillon-notice" role="alert">
      <span>{children}</span>
      {onRetry && (
        <button type="button" className="carillon-link" onClick={onRetry}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}
