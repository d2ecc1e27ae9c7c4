import { asClientError, CarillonClientError } from "./client-error.ts";
import { load, type Part } from "./parts.ts";

/** Stands for an object of a part until the part is here. */
export interface StandIn<Whole> {
  /** The object, where the part is here. */
  here(): Whole | undefined;
  /**
   * Asks something of it: at once, where it is here.
   *
   * @throws {CarillonClientError} `disconnected` where the part cannot be fetched, `closed` where somebody else is here
   *   before it is.
   */
  ask<Answer>(question: (whole: Whole) => Promise<Answer>): Promise<Answer>;
  /** Tells it something, whoever is here: at once, or when it is here, be that after the next connection. */
  tell(news: (whole: Whole) => void): void;
  /** There is a connection, so that what something waits for can perhaps be fetched. */
  connected(): void;
  /** Somebody else is here now: what was asked is not for them. */
  forget(): void;
}

/** What waits for the part: something that was told, or asked, which can be given up. */
type Waiting<Whole> = readonly [run: (whole: Whole) => void, giveUp?: (error: unknown) => void];

/** @param mayFetch whether fetching may succeed: many browsers never try again to import a module that they could not fetch. */
export function createStandIn<Module, Whole>(
  part: Part<Module>,
  make: (module: Module) => Whole,
  mayFetch: () => boolean,
): StandIn<Whole> {
  let waiting: Waiting<Whole>[] = [];
  let whole: Whole | undefined;

  function here(): Whole | undefined {
    if (part.here) {
      whole ??= make(part.here);
      for (const [run] of waiting.splice(0)) run(whole);
    }
    return whole;
  }

  function giveUp(error: unknown): void {
    waiting = waiting.filter(([, asked]) => (asked ? asked(error) : true));
  }

  function failed(thrown: unknown): void {
    giveUp(asClientError(thrown, "disconnected", true));
  }

  function fetch(): void {
    if (mayFetch()) load(part).then(here, failed);
    else failed("There is no connection.");
  }

  function wait(...one: Waiting<Whole>): void {
    waiting.push(one);
    if (!here()) fetch();
  }

  return {
    here,
    ask: (question) => new Promise((resolve, reject) => wait((all) => resolve(question(all)), reject)),
    tell: wait,
    connected() {
      if (waiting[0]) fetch();
    },
    forget: () => giveUp(new CarillonClientError("closed", "It was given up.")),
  };
}
