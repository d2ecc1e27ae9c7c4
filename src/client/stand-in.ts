import { asClientError, CarillonClientError } from "./client-error.ts";
import { load, type Part } from "./parts.ts";

/** Stands for an object of a part until the part is here. */
export interface StandIn<Whole> {
  /** The object, where the part is here. */
  here(): Whole | undefined;
  /**
   * Asks something of it: at once, where it is here.
   *
   * @param isPatient it waits for the next connection while nothing can be fetched, unless too much does.
   * @throws {CarillonClientError} `disconnected` where the part cannot be fetched, `closed` where somebody else is here
   *   before it is.
   */
  ask<Answer>(question: (whole: Whole) => Promise<Answer>, isPatient?: boolean): Promise<Answer>;
  /** Tells it something, whoever is here: at once, or when it is here, be that after the next connection. */
  tell(news: (whole: Whole) => void): void;
  /** There is a connection, so that what something waits for can perhaps be fetched. */
  connected(): void;
  /** Somebody else is here now: what was asked is not for them. */
  forget(): void;
}

/** How much may wait for a part that cannot be fetched yet. */
const MAX_WAITING = 100;

/** What waits for the part: something that was told, or asked, which can be given up. */
type Waiting<Whole> = readonly [
  run: (whole: Whole) => void,
  giveUp?: (error: unknown) => void,
  isPatient?: boolean,
];

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

  /** Gives up what was asked, but for as much as may wait. */
  function giveUp(thrown: unknown, mayWait = 0): void {
    const error = asClientError(thrown, "disconnected", true);
    waiting = waiting.filter(
      ([, asked, isPatient], at) => !asked || (isPatient && at < mayWait) || asked(error),
    );
  }

  function fetch(): void {
    if (mayFetch()) load(part).then(here, giveUp);
    else giveUp("There is no connection.", MAX_WAITING);
  }

  function wait(...one: Waiting<Whole>): void {
    waiting.push(one);
    if (!here()) fetch();
  }

  return {
    here,
    ask: (question, isPatient) =>
      new Promise((resolve, reject) => wait((all) => resolve(question(all)), reject, isPatient)),
    tell: wait,
    connected() {
      if (waiting[0]) fetch();
    },
    forget: () => giveUp(new CarillonClientError("closed", "It was given up.")),
  };
}
