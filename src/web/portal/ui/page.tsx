import type { ReactNode } from "react";

export interface PageProps {
  readonly title: string;
  /** One sentence on what is seen here. */
  readonly lead?: ReactNode;
  /** Buttons and links that belong to the whole page. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its heading, which takes the focus when somebody comes here, and what is on it. */
export function Page({ title, lead, actions, children }: PageProps) {
  return (
    <>
      <header className="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lead !== undefined && <p className="lead">{lead}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}
