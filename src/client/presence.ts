import type { ServerFrameOf } from "../protocol/frames.ts";
import { type ChannelFront, unknown } from "./channel.ts";

type Told = NonNullable<ServerFrameOf<"subscribed">["presence"]>;

export interface PresenceOptions {
  /** Asks the service who is there: something was missed. */
  ask(): void;
  /** Says something of oneself. */
  say(state: unknown): void;
}

/** Who is in a room, as the service tells it (rules M2 and M6). */
export function createPresence(front: ChannelFront, { ask, say }: PresenceOptions) {
  const { members: view } = front;
  /** What the view is of; absent while it is not known. */
  let version: { readonly incarnation: string; readonly seq: number } | undefined;

  /** Who is there now. */
  function begin({ members, count, incarnation, seq }: Told): void {
    if (version?.incarnation === incarnation && seq < version.seq) return;
    version = { incarnation, seq };
    view.set({
      members: new Map(members?.map(({ user, state }) => [user, state])),
      count,
      isNamed: members !== undefined,
    });
  }

  return {
    /** The room is followed. @param isAnswer it was asked for, over a new connection perhaps. */
    entered(told: Told | undefined, isAnswer: boolean): void {
      if (told) begin(told);
      // Another one may have come between, and taken its state away.
      if (isAnswer && front.said !== null) say(front.said);
    },
    /** Nothing is known any more. */
    forget(): void {
      version = undefined;
      view.set(unknown);
    },
    /** Who is there has changed. */
    change(frame: ServerFrameOf<"presence">): void {
      const { members: all, incarnation, seq, count, joined = [], left = [], updated = [] } = frame;
      if (all) begin(frame);
      // Before the first answer it is on its way.
      if (all || !version) return;
      // Something was missed.
      if (version.incarnation !== incarnation || seq > version.seq + 1) ask();
      else if (seq > version.seq) {
        version = { incarnation, seq };
        const before = view.get();
        // Above a number that the room's rule says nobody is named any more.
        const isNamed = before.isNamed && joined.length + left.length + updated.length > 0;
        const members = new Map(isNamed ? before.members : []);
        for (const { user, state } of [...joined, ...updated]) members.set(user, state);
        for (const user of left) members.delete(user);
        view.set({ members, count, isNamed });
      }
    },
  };
}
