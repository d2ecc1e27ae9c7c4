import type { Line, LineEvents } from "./line.ts";
import type { Open, Prepare } from "./lines.ts";
import type { Platform, Timer } from "./platform.ts";

export interface TrialOptions {
  readonly service: { readonly platform: Platform };
  readonly prepare: Prepare;
  /** How long it takes at most until a socket is tried, in ms. */
  readonly maxDelay: number;
}

/** A line that polls, beside which a socket is tried again and again; the first that is greeted takes its place. */
export function createTrial(
  { service: { platform }, prepare, maxDelay }: TrialOptions,
  events: LineEvents,
  poll: Open,
): Line {
  let timer: Timer | undefined;
  /** The socket that is tried. */
  let trial: Line | undefined;
  let isOver = false;
  let line = poll({
    ...events,
    ended(ending) {
      close();
      events.ended(ending);
    },
  });

  function plan(): void {
    trial = undefined;
    if (!isOver) timer = platform.setTimeout(attend, maxDelay * (0.5 + platform.random() / 2));
  }

  /** Tries one, unless one is being tried or has taken over. */
  function attend(): void {
    if (timer === undefined) return;
    platform.clearTimeout(timer);
    timer = undefined;
    prepare("websocket").then(open).catch(plan);
  }

  function open(openSocket: Open): void {
    if (isOver) return;
    const socket = openSocket({
      ...events,
      frame(frame) {
        if (frame.type === "welcome" && line !== socket) {
          line.close();
          line = socket;
        }
        events.frame(frame);
      },
      ended: (ending) => (line === socket ? events.ended(ending) : plan()),
    });
    trial = socket;
  }

  function close(): void {
    isOver = true;
    platform.clearTimeout(timer);
    trial?.close();
    line.close();
  }

  plan();
  return {
    get over() {
      return line.over;
    },
    send: (frame) => line.send(frame),
    probe() {
      line.probe();
      attend();
    },
    close,
  };
}
