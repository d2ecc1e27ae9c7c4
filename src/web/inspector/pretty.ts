/** What fits in so many characters stands on one line. */
const WIDTH = 64;

/**
 * Prints JSON for reading: an object or list that is short stands on one line, a longer one has a line for each member.
 *
 * @example pretty({ epoch: "k3v9x2ab", offset: 17 }) // { "epoch": "k3v9x2ab", "offset": 17 }
 */
export function pretty(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const members = Array.isArray(value)
    ? value.map((item) => pretty(item, deeper))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${pretty(item, deeper)}`);
  if (members.length === 0) return open + close;
  const line = `${open} ${members.join(", ")} ${close}`;
  if (line.length <= WIDTH && !line.includes("\n")) return line;
  return `${open}\n${members.map((member) => deeper + member).join(",\n")}\n${indent}${close}`;
}
