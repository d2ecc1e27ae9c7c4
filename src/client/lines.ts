import type { Address } from "./address.ts";
import type { Http } from "./http.ts";
import type { Line, LineEvents } from "./line.ts";
import type { Platform } from "./platform.ts";
import { PollLine } from "./poll-line.ts";
import { SocketLine } from "./socket-line.ts";
import type { Token, TokenSource } from "./token-source.ts";
import { type Direct, Trunk } from "./trunk.ts";

export interface LinesOptions {
  readonly platform: Platform;
  readonly tokens: TokenSource;
  readonly http: Http;
  /** Where the service is, perhaps as a ticket said it. */
  address(ticketUrl: string | undefined): Address;
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

/** Opens lines to the service. */
export class Lines {
  readonly #options: LinesOptions;

  constructor(options: LinesOptions) {
    this.#options = options;
  }

  /** @throws {CarillonClientError} `token`, where it cannot be fetched. */
  async prepare(): Promise<Credentials> {
    const [device, token] = await Promise.all([this.#options.client(), this.#options.tokens.get()]);
    return { device, token };
  }

  /** @throws {Error} where no WebSocket can be opened here. */
  socket(credentials: Credentials, events: LineEvents): Line {
    const open = (own: LineEvents) => this.#open("connect", this.#options.since(), credentials, own);
    const openRoom = async ({ url, since }: Direct, own: LineEvents) =>
      this.#open(url, since, await this.prepare(), own);
    const roomEnded = ({ verdict }: { readonly verdict: string }) => {
      if (verdict === "renew") this.#options.tokens.forget();
    };
    return new Trunk({ open, openRoom, roomEnded }, events);
  }

  polling({ device, token }: Credentials, events: LineEvents): Line {
    const { platform, http, since, known } = this.#options;
    const { user = token?.user ?? "", channels } = known();
    return new PollLine({ platform, http, client: device, user, channels, since: since() }, events);
  }

  #open(path: string, since: string | undefined, { device, token }: Credentials, events: LineEvents): Line {
    const { platform, address } = this.#options;
    const url = address(token?.url).socket(path, { client: device, since });
    return new SocketLine({ url, token: token?.token, platform }, events);
  }
}
