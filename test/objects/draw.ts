/** The runs of a property: how many, and from which seed they are drawn. */
export interface Draw {
  readonly numRuns: number;
  readonly seed: number;
  /** Which run of those that the seed draws is the first. */
  readonly path?: string;
  readonly endOnFailure: true;
}

/**
 * Says how the runs of a property are drawn, and prints it. `npm test` draws the same few each time, so that whoever sees
 * it fail can see it again. `VITE_BROADCASTS=1000`, where the property is called `BROADCASTS`, draws so many by chance;
 * `VITE_BROADCASTS_SEED` and `VITE_BROADCASTS_PATH` repeat the one run whose failure has printed them.
 */
export function draw(name: string, usual: Pick<Draw, "numRuns" | "seed">): Draw {
  const variable = `VITE_${name}`;
  const { [variable]: runs, [`${variable}_SEED`]: seed, [`${variable}_PATH`]: path } = process.env;
  const chance = () => (runs === undefined ? usual.seed : Math.trunc(Math.random() * 2 ** 31));
  const drawn: Draw = {
    numRuns: Number(runs ?? (path === undefined ? usual.numRuns : 1)),
    seed: seed === undefined ? chance() : Number(seed),
    ...(path !== undefined && { path }),
    endOnFailure: true,
  };
  console.info(`${variable}=${drawn.numRuns} ${variable}_SEED=${drawn.seed}`);
  return drawn;
}
