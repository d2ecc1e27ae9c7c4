import type fc from "fast-check";
import { Bystander } from "./bystander.ts";
import { type HttpRequest, requests } from "./cases/requests.ts";
import type { Client } from "./client.ts";
import type { Lane } from "./lane.ts";
import { provide } from "./provisions.ts";
import type { Tally } from "./tally.ts";
import type { Target } from "./target.ts";
import { type Tokens, tokensOf } from "./tokens.ts";
import { verdictOn } from "./verdict.ts";

export interface RequestLaneOptions {
  readonly target: Target;
  readonly client: Client;
  readonly tally: Tally;
  /** The user whose tokens are shown, and who stands by. */
  readonly user: string;
}

/** Sends HTTP requests and judges their answers. */
export class RequestLane implements Lane<HttpRequest> {
  readonly name: string;
  readonly cases: fc.Arbitrary<HttpRequest>;
  readonly #options: RequestLaneOptions;
  readonly #bystander: Bystander;

  private constructor(options: RequestLaneOptions, { good, all, ...others }: Tokens) {
    const { target, client, user } = options;
    this.#options = options;
    this.name = `requests of ${user}`;
    const { publishKey, limitedKey } = target;
    this.cases = requests({ publishKey, limitedKey, tokens: all, ...others });
    this.#bystander = new Bystander({
      target,
      client,
      token: good,
      path: "/connect",
      channel: `user:${user}`,
    });
  }

  static async open(options: RequestLaneOptions): Promise<RequestLane> {
    const { user, target, client } = options;
    await provide(options);
    const lane = new RequestLane(options, await tokensOf(user, target, client));
    await lane.#bystander.open();
    return lane;
  }

  async try(request: HttpRequest): Promise<void> {
    const { target, client, tally } = this.#options;
    tally.countCase();
    const answer = await client.send(request);
    const [outcome, ...targets] = answer ? verdictOn(request, answer, target) : ["abandoned"];
    tally.count(`http: ${outcome}`);
    for (const one of targets) tally.count(`target: ${one}`);
  }

  async settle(): Promise<void> {
    await this.#bystander.check();
  }

  [Symbol.dispose](): void {
    this.#bystander[Symbol.dispose]();
  }
}
