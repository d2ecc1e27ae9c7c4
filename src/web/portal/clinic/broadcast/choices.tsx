import { type ReactNode, useId } from "react";

export interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly values: readonly Value[];
  readonly nameOf: (value: Value) => ReactNode;
  /** One, or any number of them. */
  readonly kind: "radio" | "checkbox";
  readonly chosen: readonly Value[];
  readonly choose: (values: readonly Value[]) => void;
}

/** Some of a few, side by side. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
  const { legend, values, nameOf, kind, chosen, choose } = props;
  const group = useId();
  const turn = (value: Value, isOn: boolean) => {
    if (kind === "radio") choose([value]);
    else choose(values.filter((one) => (one === value ? isOn : chosen.includes(one))));
  };
  return (
    <fieldset className="choices pills">
      <legend>{legend}</legend>
      <div>
        {values.map((value) => (
          <label key={value}>
            <input
              type={kind}
              name={group}
              checked={chosen.includes(value)}
              onChange={({ target }) => turn(value, target.checked)}
            />
            {nameOf(value)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
