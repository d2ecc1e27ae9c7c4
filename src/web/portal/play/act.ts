import type { KnownEvents, PublishedEvent } from "../../../publisher/index.ts";
import type { Language, Spoken } from "../languages.ts";
import type { Session } from "../session.ts";
import type { IconName } from "../ui/icon.tsx";
import type { Ledger } from "./ledger.ts";

/** Something that a backend would do, as a button. */
export interface Act {
  readonly id: string;
  readonly icon: IconName;
  readonly label: Spoken<string>;
  /** Which records it takes up; without one the button waits. */
  readonly isPossible?: (ledger: Ledger, subject: string) => boolean;
  /**
   * What it posts. It writes what the backend would write to its database first.
   *
   * @param subject the id of the user, or of what else it is about.
   */
  readonly play: (ledger: Ledger, subject: string) => readonly PublishedEvent<KnownEvents>[];
}

/** Whom or what an act can be about. */
export interface Subject {
  readonly id: string;
  readonly name: string;
}

/** What the backend of one scenario does, and about whom. */
export interface Script {
  /** Whom it can be about: people of the scenario by their roles, no one for none; or what is not a person, a clinic say. */
  readonly about: readonly string[] | ((session: Session, language: Language) => readonly Subject[]);
  readonly acts: readonly Act[];
}
