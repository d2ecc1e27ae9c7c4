import fc from "fast-check";
import { bodies, devTokenTexts, disconnectTexts, publishTexts, ticketTexts, userIds } from "./bodies.ts";
import { channelNames, sinceTexts } from "./channels.ts";
import { anyText } from "./text.ts";
import { inUrl, queries } from "./urls.ts";

/** One HTTP request, as it is put on the wire. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** How the body goes out: with its length, in chunks, or begun and then given up with the connection. */
  readonly sending: "whole" | "chunked" | "abandoned";
}

/** What requests may show. */
export interface Credentials {
  readonly publishKey: string;
  /** Users' tokens and tickets, good and bad. */
  readonly tokens: readonly string[];
}

/** The methods that the runtime knows; it answers others by itself. CONNECT opens a tunnel, and is no request. */
const methods =
  "GET HEAD POST PUT DELETE PATCH OPTIONS PURGE TRACE COPY LOCK MKCOL PROPFIND SEARCH REPORT QUERY".split(
    " ",
  );

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

const limits = fc.constantFrom(
  "1",
  "200",
  "201",
  "0",
  "-1",
  "1.5",
  "NaN",
  "1e3",
  "",
  "0x10",
  "9007199254740993",
);
const polls = queries({ since: sinceTexts, before: sinceTexts, limit: limits, client: anyText });

/** Requests to every route, and to none. */
export function requests({ publishKey, tokens }: Credentials): fc.Arbitrary<HttpRequest> {
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const publisher = fc.constant(bearer(publishKey));
  const user = fc.constantFrom(...tokens).map(bearer);
  const anyone = fc.oneof(
    { weight: 2, arbitrary: user },
    { weight: 1, arbitrary: publisher },
    { weight: 1, arbitrary: fc.constant({}) },
  );
  const sending = fc.oneof(
    { weight: 12, arbitrary: fc.constant("whole" as const) },
    { weight: 3, arbitrary: fc.constant("chunked" as const) },
    { weight: 1, arbitrary: fc.constant("abandoned" as const) },
  );
  const of = (
    method: fc.Arbitrary<string> | string,
    path: fc.Arbitrary<string>,
    credential: fc.Arbitrary<Record<string, string>>,
    body?: fc.Arbitrary<Uint8Array>,
  ): fc.Arbitrary<HttpRequest> =>
    fc
      .record({
        method: typeof method === "string" ? fc.constant(method) : method,
        path,
        credential,
        odd: oddHeaders,
        body: body ?? fc.constant(undefined),
        sending,
      })
      .map(({ credential: given, odd, body: bytes, ...rest }) => ({
        ...rest,
        headers: { ...given, ...odd },
        ...(bytes && { body: bytes }),
      }));
  const at = (path: string) => fc.constant(path);
  const rooms = inUrl(channelNames([]));
  const people = inUrl(userIds);
  const anyPath = fc.array(inUrl(anyText), { maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
  const known = fc.constantFrom(
    "/",
    "/publish",
    "/connect",
    "/auth/ticket",
    "/events",
    "/health",
    "/dev/token",
    "/rooms/room:1/connect",
    "/users/a/disconnect",
    "/rooms/room:1/events",
  );
  return fc.oneof(
    { weight: 10, arbitrary: of("POST", at("/publish"), publisher, bodies(publishTexts)) },
    { weight: 2, arbitrary: of("POST", at("/dev/publish"), fc.constant({}), bodies(publishTexts)) },
    {
      weight: 3,
      arbitrary: of("POST", at("/auth/ticket"), fc.oneof(publisher, anyone), bodies(ticketTexts)),
    },
    { weight: 3, arbitrary: of("POST", at("/dev/token"), fc.constant({}), bodies(devTokenTexts)) },
    {
      weight: 1,
      arbitrary: of(
        "POST",
        people.map((id) => `/users/${id}/disconnect`),
        publisher,
        bodies(disconnectTexts),
      ),
    },
    {
      weight: 1,
      arbitrary: of(
        "GET",
        fc.tuple(people, inUrl(anyText)).map(([id, event]) => `/users/${id}/events/${event}`),
        publisher,
      ),
    },
    {
      weight: 2,
      arbitrary: of(
        "GET",
        polls.map((query) => `/events${query}`),
        anyone,
      ),
    },
    {
      weight: 2,
      arbitrary: of(
        "GET",
        fc.tuple(rooms, polls).map(([room, query]) => `/rooms/${room}/events${query}`),
        anyone,
      ),
    },
    { weight: 2, arbitrary: of(fc.constantFrom(...methods), known, anyone, bodies(publishTexts)) },
    { weight: 2, arbitrary: of(fc.constantFrom(...methods), anyPath, anyone, bodies(publishTexts)) },
  );
}
