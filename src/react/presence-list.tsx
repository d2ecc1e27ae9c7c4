import type { ReactNode } from "react";
import { names } from "./names.ts";
import { useTexts } from "./provider.tsx";
import { usePresence } from "./use-presence.ts";

export interface PresenceListProps {
  readonly channel: string;
  /** What a user is called; the id unless it is said. */
  readonly nameOf?: ((user: string, state: unknown) => string) | undefined;
  /** A picture of a user; the initials unless it is said. */
  readonly avatarOf?: ((user: string, state: unknown) => ReactNode) | undefined;
  /** How many are shown one by one: 5 unless it is said. */
  readonly max?: number | undefined;
  readonly className?: string | undefined;
}

/** Who is in a room: a few by name, and how many there are in all. */
export function PresenceList({
  channel,
  nameOf = (user) => user,
  avatarOf,
  max = 5,
  className,
}: PresenceListProps) {
  const { members, count } = usePresence(channel);
  const texts = useTexts();
  const shown = [...members].slice(0, max);
  const others = count - shown.length;
  return (
    <div className={names("carillon", "carillon-presence", className)}>
      {shown.length > 0 && (
        <ul
          className="carillon-presence-list"
          aria-label={texts.presence}
          // biome-ignore lint/a11y/noRedundantRoles: Safari takes the role from a list without bullets
          role="list"
        >
          {shown.map(([user, state]) => {
            const name = nameOf(user, state);
            return (
              <li key={user} className="carillon-avatar" data-tone={toneOf(user)} title={name}>
                <span aria-hidden="true">{avatarOf ? avatarOf(user, state) : initialsOf(name)}</span>
                <span className="carillon-hidden">{name}</span>
              </li>
            );
          })}
          {others > 0 && (
            <li className="carillon-avatar" data-tone="grey">
              <span aria-hidden="true">+{others}</span>
              <span className="carillon-hidden">{texts.morePeople(others)}</span>
            </li>
          )}
        </ul>
      )}
      <span className="carillon-presence-count">{texts.peopleHere(count)}</span>
    </div>
  );
}

/** The first letter of the first two words, as a reader of the script would take them apart. */
export function initialsOf(name: string): string {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return name
    .split(/[\s._@-]+/)
    .filter((word) => word !== "")
    .slice(0, 2)
    .map((word) => segmenter.segment(word)[Symbol.iterator]().next().value?.segment ?? "")
    .join("")
    .toUpperCase();
}

const tones = ["blue", "green", "amber", "violet", "red"] as const;

/** The same tone for the same user on every screen. */
function toneOf(user: string): string {
  let sum = 0;
  for (const character of user) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return tones[sum % tones.length] ?? "grey";
}
