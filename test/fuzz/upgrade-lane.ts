import type fc from "fast-check";
import { closeReasons } from "../../src/protocol/close-codes.ts";
import { Bystander } from "./bystander.ts";
import { type Upgrade, upgrades } from "./cases/upgrades.ts";
import type { Lane } from "./lane.ts";
import { Line } from "./line.ts";
import type { RequestLaneOptions } from "./request-lane.ts";
import { type Tokens, tokensOf } from "./tokens.ts";
import { verdictOn } from "./verdict.ts";

/** Opens WebSockets and judges whether they are greeted, or told why not. */
export class UpgradeLane implements Lane<Upgrade> {
  readonly name: string;
  readonly cases: fc.Arbitrary<Upgrade>;
  readonly #options: RequestLaneOptions;
  readonly #bystander: Bystander;

  private constructor(options: RequestLaneOptions, { good, all }: Tokens) {
    const { target, client, user } = options;
    this.#options = options;
    this.name = `upgrades of ${user}`;
    this.cases = upgrades({ publishKey: target.publishKey, tokens: all });
    this.#bystander = new Bystander({
      target,
      client,
      token: good,
      path: "/connect",
      channel: `user:${user}`,
    });
  }

  static async open(options: RequestLaneOptions): Promise<UpgradeLane> {
    const lane = new UpgradeLane(options, await tokensOf(options.user, options.target, options.client));
    await lane.#bystander.open();
    return lane;
  }

  async try(upgrade: Upgrade): Promise<void> {
    const { tally } = this.#options;
    tally.countCase();
    tally.count(`upgrade: ${await this.#open(upgrade)}`);
  }

  async settle(): Promise<void> {
    await this.#bystander.check();
  }

  [Symbol.dispose](): void {
    this.#bystander[Symbol.dispose]();
  }

  /** @returns what became of it. */
  async #open({ path, headers, protocols = "", goodbye }: Upgrade): Promise<string> {
    const { target } = this.#options;
    const opening = await Line.open(target.url.replace(/^http/, "ws") + path, {
      headers,
      protocols,
      compressed: true,
    });
    if (opening.kind === "answered") return verdictOn({ method: "GET", path }, opening.answer, target)[0];
    const { line } = opening;
    await line.until(() => line.frames.length > 0, "the greeting or the refusal");
    const [first] = line.frames;
    if (first?.type === "welcome") {
      leave(line, goodbye);
      return "welcome";
    }
    await line.until(() => line.end !== undefined, "the end after the refusal");
    const isTold = first?.type === "close" && closeReasons[first.reason].code === first.code;
    if (
      !isTold ||
      line.frames.length > 1 ||
      line.end?.code !== first.code ||
      line.end.reason !== first.reason
    ) {
      throw new Error(`It was neither greeted nor told why not. ${line.seen()}`);
    }
    if (first.reason === "overloaded") throw new Error(`The service failed. ${line.seen()}`);
    return `close ${first.reason}`;
  }
}

function leave(line: Line, goodbye: Upgrade["goodbye"]): void {
  if (goodbye === "drop") line.drop();
  else if (goodbye === "close") line.close();
  else line.close(4000, "ก".repeat(41));
}
