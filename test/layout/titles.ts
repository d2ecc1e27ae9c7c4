const call =
  /(?:\b(?:describe|it|test)(?:\.(?!skip\b|todo\b)\w+)*|\))\(\s*(["'`])((?:\\.|(?!\1)[^\\])*)\1\s*,/g;

/**
 * The titles in a test file, of its tests and of what gathers them, as they are written there: `%s` and `${name}` stand for
 * themselves. Those that are skipped, still to do or in a comment are none.
 */
export function titlesIn(source: string): ReadonlySet<string> {
  const code = source.replace(/^\s*\/\/.*$/gm, "");
  return new Set([...code.matchAll(call)].map(([, , title]) => title ?? ""));
}
