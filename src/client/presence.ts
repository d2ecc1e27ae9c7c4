import type { ServerFrameOf } from "../protocol/frames.ts";
import type { Presence, PresenceView, Undo } from "./api.ts";
import type { Value } from "./value.ts";

type Told = NonNullable<ServerFrameOf<"subscribed">["presence"]>;

const unknown: PresenceView = { members: new Map(), count: 0, isNamed: false };

export interface RoomPresenceOptions {
  /** Asks the service who is there: something was missed. */
  ask(): void;
  set(state: unknown): Promise<void>;
}

/** Who is in a room, as the service tells it (rules M2 and M6). */
export class RoomPresence implements Presence {
  readonly #options: RoomPresenceOptions;
  readonly #view: Value<PresenceView>;
  /** What the view is of; absent while it is not known. */
  #version: { readonly incarnation: string; readonly seq: number } | undefined;
  /** What this client said of itself last, to be said again when it has come back. */
  #said: { readonly state: unknown } | undefined;

  constructor(options: RoomPresenceOptions, view: Value<PresenceView>) {
    this.#options = options;
    this.#view = view;
  }

  get(): PresenceView {
    return this.#view.get();
  }

  subscribe(listener: () => void): Undo {
    return this.#view.subscribe(listener);
  }

  set(state: unknown): Promise<void> {
    this.#said = state === null ? undefined : { state };
    return this.#options.set(state);
  }

  /** It is followed, over a new connection perhaps: another may have come between, and taken its state away. */
  entered(): void {
    if (this.#said) this.#options.set(this.#said.state).catch(() => undefined);
  }

  /** Nothing is known any more, and nothing is said again. */
  forget(): void {
    this.#said = undefined;
    this.#version = undefined;
    this.#view.set(unknown);
  }

  /** Who is there now. */
  begin({ members, count, incarnation, seq }: Told): void {
    if (this.#version?.incarnation === incarnation && seq < this.#version.seq) return;
    this.#version = { incarnation, seq };
    this.#view.set({
      members: new Map(members?.map(({ user, state }) => [user, state])),
      count,
      isNamed: members !== undefined,
    });
  }

  /** What has changed. */
  change(frame: ServerFrameOf<"presence">): void {
    if (frame.members) this.begin(frame);
    else if (this.#version?.incarnation !== frame.incarnation || frame.seq > this.#version.seq + 1) {
      // Something was missed; before the first answer it is on its way.
      if (this.#version) this.#options.ask();
    } else if (frame.seq > this.#version.seq) this.#apply(frame);
  }

  #apply({ incarnation, seq, count, joined = [], left = [], updated = [] }: ServerFrameOf<"presence">): void {
    this.#version = { incarnation, seq };
    const { members: before, isNamed: wasNamed } = this.#view.get();
    // Above a number that the room's rule says nobody is named any more.
    const isNamed = wasNamed && joined.length + left.length + updated.length > 0;
    const members = new Map(isNamed ? before : []);
    for (const { user, state } of [...joined, ...updated]) members.set(user, state);
    for (const user of left) members.delete(user);
    this.#view.set({ members, count, isNamed });
  }
}
