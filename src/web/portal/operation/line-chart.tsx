import type { Tone } from "../ui/tone.ts";

export interface LineChartProps {
  /** What the line means, and its last value: for who cannot see it. */
  readonly label: string;
  /** Oldest first; a gap where nothing is known. */
  readonly values: readonly (number | undefined)[];
  /** How many values fill the width. */
  readonly room: number;
  readonly tone: Tone;
}

const WIDTH = 300;
const HEIGHT = 64;
/** So that the line is not cut where it is highest. */
const EDGE = 3;

/** A small line of how something went, from the left as far as it is known. It begins at zero. */
export function LineChart({ label, values, room, tone }: LineChartProps) {
  const top = Math.max(1, ...values.filter((value) => value !== undefined));
  const step = WIDTH / Math.max(1, room - 1);
  const x = (index: number) => WIDTH - (values.length - 1 - index) * step;
  const y = (value: number) => HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE);
  const lines = runsOf(values).map((run) => run.map(([index, value]) => [x(index), y(value)] as const));
  return (
    <svg
      className="line-chart"
      data-tone={tone}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {lines.map((points) => {
        const path = points.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L");
        const [from = 0, to = 0] = [points[0]?.[0], points.at(-1)?.[0]];
        return (
          <g key={from}>
            <path className="area" d={`M${path}L${to.toFixed(1)} ${HEIGHT}L${from.toFixed(1)} ${HEIGHT}Z`} />
            <path className="line" d={points.length > 1 ? `M${path}` : `M${path}h0.1`} />
          </g>
        );
      })}
    </svg>
  );
}

type Run = readonly (readonly [index: number, value: number])[];

/** What is known without a gap, piece by piece. */
function runsOf(values: readonly (number | undefined)[]): readonly Run[] {
  const runs: (readonly [number, number])[][] = [];
  let run: (readonly [number, number])[] | undefined;
  for (const [index, value] of values.entries()) {
    if (value === undefined) {
      run = undefined;
      continue;
    }
    if (!run) {
      run = [];
      runs.push(run);
    }
    run.push([index, value]);
  }
  return runs;
}
