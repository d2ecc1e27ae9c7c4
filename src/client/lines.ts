import { addressOf } from "./address.ts";
import type { HttpOptions } from "./http.ts";
import type { Line, LineEvents, Over } from "./line.ts";
import { loadSoon, parts } from "./parts.ts";
import { openSocketLine } from "./socket-line.ts";
import type { Token } from "./token-source.ts";
import type { OpenRoom } from "./trunk.ts";

export interface LinesOptions {
  readonly service: HttpOptions;
  /** ms; while it polls a socket is tried again as often. */
  readonly maxDelay: number;
  /** The device, once it is sure that nobody else is it. */
  client(): Promise<string>;
  /** How far the client has come in the user's log. */
  since(): string | undefined;
  /** Who is here and what they follow always, as far as that is known. */
  known(): { readonly user: string | undefined; readonly channels: readonly string[] };
}

/** What a line is opened with. */
export interface Credentials {
  readonly device: string;
  readonly token: Token | undefined;
}

/** Opens a line once everything for it is here. */
export type Open = (events: LineEvents) => Line;

/**
 * Gets what a line is opened with.
 *
 * @throws {Error} where it cannot be had: the token (`token`), or what polls.
 */
export type Prepare = (over: Over) => Promise<Open>;

/** Lines to the service. What is prepared throws where no WebSocket can be opened here. */
export function prepareLines(options: LinesOptions): Prepare {
  const { client, since } = options;
  const { platform, tokens, url } = options.service;

  async function credentials(): Promise<Credentials> {
    const [device, token] = await Promise.all([client(), tokens.get()]);
    return { device, token };
  }

  function openSocket(
    path: string,
    from: string | undefined,
    { device, token }: Credentials,
    events: LineEvents,
  ): Line {
    const address = addressOf(token?.url ?? url).replace("http", "ws");
    // Neither a device nor a position has letters that would have to be escaped.
    const query = `?client=${device}${from ? `&since=${from}` : ""}`;
    return openSocketLine({ url: address + path + query, token: token?.token, platform }, events);
  }

  const prepare: Prepare = async (over) => {
    const polling = over === "polling" && (await loadSoon(platform, parts.polling));
    const given = await credentials();
    return (events) => {
      if (polling) return polling.create({ ...options, ...given, prepare }, events);
      const own = openSocket("connect", since(), given, {
        ...events,
        // The rooms' lines go with the user's: the next one says where each room is then.
        ended(ending) {
          line.close();
          events.ended(ending);
        },
      });
      let line = own;
      events.attempted?.();
      const openRoom: OpenRoom = async (room, roomEvents) =>
        openSocket(room.url, room.since, await credentials(), roomEvents);
      return {
        over: "websocket",
        send(frame) {
          const { rooms } = parts;
          // Where a room has moved: asked for by the part for rooms, but perhaps that of another tab.
          if (frame.url !== undefined && line === own && rooms.here) {
            line = rooms.here.trunk(own, { openRoom, tokens }, events);
          }
          line.send(frame);
        },
        probe: () => line.probe(),
        close: () => line.close(),
      };
    };
  };
  return prepare;
}
