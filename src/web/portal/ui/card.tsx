import { type ReactNode, useId } from "react";

export interface CardProps {
  readonly title?: string;
  /** At the end of the heading's line: a count, a link. */
  readonly aside?: ReactNode;
  /** Over the whole width of a grid. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Card({ title, aside, isWide = false, children }: CardProps) {
  const id = useId();
  return (
    <section className={isWide ? "card wide" : "card"} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <header className="card-head">
          <h2 id={id}>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}
