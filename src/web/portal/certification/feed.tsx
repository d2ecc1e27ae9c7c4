import { Children, type ReactNode } from "react";
import { Link } from "wouter";
import { Icon, type IconName } from "../ui/icon.tsx";
import type { Tone } from "../ui/tone.ts";
import "./certification.css";

/** px: every row is as high as any other, so that what comes on top moves nothing but the rows below it. */
const ROW = 68;

export interface FeedProps {
  readonly label: string;
  /** Rows for which there is room from the start, so that what lies below stays where it is. */
  readonly reserve: number;
  /** Whether it is known what there is. */
  readonly isReady: boolean;
  /** What stands where nothing is. */
  readonly empty: ReactNode;
  /** Rows, the one to look at first on top. */
  readonly children: readonly ReactNode[];
}

/** A list that moves by itself. */
export function Feed({ label, reserve, isReady, empty, children }: FeedProps) {
  const style = { minHeight: reserve * ROW };
  if (Children.count(children) === 0) {
    return (
      <div className="feed-empty" style={style}>
        {isReady && empty}
      </div>
    );
  }
  return (
    <ul className="feed" style={style} aria-label={label}>
      {children}
    </ul>
  );
}

export interface FeedRowProps {
  readonly icon: IconName;
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  /** At the end of the first line: a state, an amount. */
  readonly end?: ReactNode;
  /** Below it: when it was. */
  readonly note?: ReactNode;
  /** Where it leads. */
  readonly href?: string;
  /** Whether it has come, or changed, while somebody looked. */
  readonly isNew: boolean;
}

export function FeedRow({ icon, tone, title, text, end, note, href, isNew }: FeedRowProps) {
  const content = (
    <>
      <span className="tile" data-tone={tone}>
        <Icon name={icon} />
      </span>
      <span className="feed-words">
        <strong>{title}</strong>
        <span title={text}>{text}</span>
      </span>
      <span className="feed-end">
        {end}
        <span className="when">{note}</span>
      </span>
    </>
  );
  return (
    <li className={isNew ? "arrived" : undefined}>
      {href === undefined ? (
        <div className="feed-row">{content}</div>
      ) : (
        <Link className="feed-row" href={href}>
          {content}
        </Link>
      )}
    </li>
  );
}
