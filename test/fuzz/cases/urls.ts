import fc from "fast-check";
import { anyText } from "./text.ts";

/** What the runtime lets through in an address; it refuses the rest by itself. */
const outsideUrl = /[^\x21-\x7e]|["<>`]/g;

/** Text in a path or a query: percent-encoded, or as it stands where a line can hold it. */
export function inUrl(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: text.map((value) => encodeURIComponent(value.toWellFormed())) },
    { weight: 1, arbitrary: text.map((value) => value.replace(outsideUrl, "_")) },
  );
}

/** A query of these parameters and others, some of them twice. */
export function queries(parameters: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const pairs = Object.entries(parameters).map(([name, value]) =>
    inUrl(value).map((text) => `${name}=${text}`),
  );
  const other = fc.tuple(inUrl(anyText), inUrl(anyText)).map(([name, value]) => `${name}=${value}`);
  return fc
    .array(fc.oneof(...pairs, other), { maxLength: 3 })
    .map((all) => (all.length === 0 ? "" : `?${all.join("&")}`));
}
