import type { ChannelFront } from "./channel.ts";
import { hasFields } from "./json.ts";
import type { Platform, Timer } from "./platform.ts";

/** How often at most the service is told, in ms; it believes it for 5 s. */
const TELL_EVERY = 3000;
/** Who does not go on for so long, in ms, has stopped. */
const PAUSE = 4000;
/** What nobody has repeated or ended for so long, in ms, is over: the line was cut meanwhile (rule E4). */
const FORGOTTEN = 10_000;

export interface TypingOptions {
  readonly platform: Platform;
  /** Tells the room that one types or has stopped. */
  tell(isTyping: boolean): void;
}

/** Who is typing in a room, and that oneself is. */
export function createTyping({ typists: users }: ChannelFront, { platform, tell }: TypingOptions) {
  const ends = new Map<string, Timer>();
  let toldAt = Number.NEGATIVE_INFINITY;
  let pause: Timer | undefined;

  function end(user: string): void {
    platform.clearTimeout(ends.get(user));
    ends.delete(user);
  }

  function show(): void {
    if ([...ends.keys()].join("\n") !== users.get().join("\n")) users.set([...ends.keys()]);
  }

  function quiet(): void {
    platform.clearTimeout(pause);
    pause = undefined;
    toldAt = Number.NEGATIVE_INFINITY;
  }

  function stop(): void {
    if (pause === undefined) return;
    quiet();
    tell(false);
  }

  return {
    /** Somebody else said something of it. */
    hear(user: string, data: unknown): void {
      end(user);
      const hasEnded = hasFields(data, "isTyping") && data.isTyping === false;
      const forget = () => {
        end(user);
        show();
      };
      if (!hasEnded) ends.set(user, platform.setTimeout(forget, FORGOTTEN));
      show();
    },
    start(): void {
      platform.clearTimeout(pause);
      pause = platform.setTimeout(stop, PAUSE);
      if (platform.now() < toldAt + TELL_EVERY) return;
      toldAt = platform.now();
      tell(true);
    },
    stop,
    /** The room is left, or the connection gone: nothing is known, and nothing is said. */
    forget(): void {
      quiet();
      for (const user of [...ends.keys()]) end(user);
      show();
    },
  };
}
