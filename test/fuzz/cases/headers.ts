import fc from "fast-check";
import { anyText } from "./text.ts";

/** What may stand in a header's line: no control characters. */
const headerValues = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "",
      "Bearer",
      "Bearer ",
      "bearer  x",
      "Basic dXNlcjpwYXNz",
      "Bearer a.b.c",
      "null",
      "*",
      ",",
      ";=",
      "token=",
      'token="',
    ),
  },
  { weight: 1, arbitrary: anyText.map((text) => text.replace(/[^\t\x20-\x7e\xa0-\xff]/g, "~")) },
);

/** Headers that the service looks at, and some that it should not. */
export const oddHeaders: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        "Authorization",
        "Cookie",
        "Origin",
        "Content-Type",
        "Accept",
        "Referer",
        "Range",
        "If-None-Match",
        "X-Carillon-Session",
        "X-Forwarded-For",
        "Forwarded",
        "Sec-WebSocket-Protocol",
        "Access-Control-Request-Method",
      ),
      headerValues,
      { maxKeys: 3, noNullPrototype: true },
    ),
  },
);
