/** How often what came of the cases: each outcome by its code. */
export class Tally {
  readonly #counts = new Map<string, number>();
  #cases = 0;

  get cases(): number {
    return this.#cases;
  }

  get outcomes(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  count(outcome: string): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  countCase(): void {
    this.#cases += 1;
  }

  /** One line for each outcome, the most frequent first. */
  lines(): string[] {
    const sorted = [...this.#counts].sort(([, one], [, other]) => other - one);
    return sorted.map(([outcome, times]) => `${String(times).padStart(8)}  ${outcome}`);
  }
}
