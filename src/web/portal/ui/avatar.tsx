/** The first letters of a name; the name itself stands beside it. */
export function Avatar({ name }: { readonly name: string }) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return (
    <span className="avatar" data-hue={Math.floor(hue / 60)} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const letters = new Intl.Segmenter("th", { granularity: "grapheme" });
  // A Thai vowel that is written before its consonant says nothing by itself.
  const firstOf = (word: string) =>
    [...letters.segment(word)].map(({ segment }) => segment).find((one) => !/^[เแโใไ]/.test(one)) ?? "";
  return name.trim().split(/\s+/).slice(0, 2).map(firstOf).join("").toUpperCase();
}
