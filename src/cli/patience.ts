import { Failure } from "./command.ts";

/**
 * Ends in time: its signal is aborted when the outer one is, or when the time is over, with a reason that can be shown.
 *
 * @example using patience = new Patience(15_000, stop, "nothing came within 15 s");
 */
export class Patience implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number, outer: AbortSignal, message: string) {
    const late = new AbortController();
    this.#timer = setTimeout(() => late.abort(new Failure(message)), milliseconds);
    this.signal = AbortSignal.any([outer, late.signal]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
