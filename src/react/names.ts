/** The classes of an element, those that are there. */
export function names(...classes: readonly (string | false | undefined)[]): string {
  return classes.filter(Boolean).join(" ");
}
