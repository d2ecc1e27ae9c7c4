import fc from "fast-check";
import {
  bodies,
  devTokenTexts,
  disconnectTexts,
  identityTexts,
  markTexts,
  preferenceTexts,
  ticketTexts,
} from "./bodies.ts";
import { channelNames, sinceTexts } from "./channels.ts";
import { oddHeaders } from "./headers.ts";
import { broadcastTexts, publishTexts, userIds } from "./publishes.ts";
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
  /** A key that may reach some channels only, and post some events only. */
  readonly limitedKey: string;
  /** Users' tokens and tickets, good and bad. */
  readonly tokens: readonly string[];
  /** A token of somebody who may broadcast, and of an operator. */
  readonly broadcaster: string;
  readonly operator: string;
}

/** The methods that the runtime knows; it answers others by itself. CONNECT opens a tunnel, and is no request. */
const methods =
  "GET HEAD POST PUT DELETE PATCH OPTIONS PURGE TRACE COPY LOCK MKCOL PROPFIND SEARCH REPORT QUERY".split(
    " ",
  );

const counts = fc.constantFrom(..."1 7 200 201 0 -1 1.5 NaN 1e3 0x10 9007199254740993".split(" "), "");
const flags = fc.constantFrom("true", "false", "1", "");
const polls = queries({ since: sinceTexts, before: sinceTexts, limit: counts, client: anyText });
const deadLetters = queries({ limit: counts, before: counts }).map((query) => `/dead-letters${query}`);
const inboxPages = queries({
  ...{ limit: counts, before: counts, unread: flags, archived: flags },
  type: fc.oneof(fc.constant("payment"), anyText),
}).map((query) => `/inbox${query}`);
const inboxes = fc.constantFrom("/inbox", "/inbox/counts", "/inbox?upTo=3", "/preferences");

const sending = fc.oneof(
  { weight: 12, arbitrary: fc.constant("whole" as const) },
  { weight: 3, arbitrary: fc.constant("chunked" as const) },
  { weight: 1, arbitrary: fc.constant("abandoned" as const) },
);

type Credential = fc.Arbitrary<Record<string, string>>;

/** Requests of one method to an address: `path` is its text where it is always the same. */
function of(
  method: fc.Arbitrary<string> | string,
  path: fc.Arbitrary<string> | string,
  credential: Credential,
  body?: fc.Arbitrary<Uint8Array>,
): fc.Arbitrary<HttpRequest> {
  return fc
    .record({
      method: typeof method === "string" ? fc.constant(method) : method,
      path: typeof path === "string" ? fc.constant(path) : path,
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
}

const rooms = inUrl(channelNames([]));
const people = inUrl(userIds);
const anyPath = fc.array(inUrl(anyText), { maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
const known = fc.constantFrom(
  ...["/", "/publish", "/connect", "/auth/ticket", "/events", "/health", "/dev/token"],
  ...["/rooms/room:1/connect", "/rooms/room:1/events", "/users/a/disconnect", "/users/a/identity"],
  ...["/dead-letters", "/dead-letters/1/retry", "/inbox", "/inbox/mark", "/inbox/a", "/preferences"],
);
/** Ids of events that were perhaps published, and of some that were not. */
const eventIds = fc.oneof(
  fc.nat({ max: 30 }).map((number) => `fuzz-${number}`),
  inUrl(anyText),
);

const letters = fc.constantFrom(..."1 2 3 4 5 6 7 8 9 0 -1 1.5 x 9007199254740993".split(" "));
const notifications = eventIds.map((id) => `/inbox/${id}`);

/** Requests to every route, and to none. */
export function requests(credentials: Credentials): fc.Arbitrary<HttpRequest> {
  const { publishKey, limitedKey, tokens, broadcaster, operator } = credentials;
  const bearer = (...some: readonly string[]): Credential =>
    fc.constantFrom(...some).map((token) => ({ Authorization: `Bearer ${token}` }));
  const nobody: Credential = fc.constant({});
  const publisher = bearer(publishKey);
  const anyone: Credential = fc.oneof(
    { weight: 4, arbitrary: bearer(...tokens) },
    { weight: 2, arbitrary: publisher },
    { weight: 2, arbitrary: nobody },
    { weight: 1, arbitrary: bearer(limitedKey, broadcaster, operator) },
  );
  const operators: Credential = fc.oneof(
    { weight: 6, arbitrary: bearer(publishKey, operator) },
    { weight: 1, arbitrary: anyone },
  );
  const publishes = bodies(publishTexts);
  const routes: readonly (readonly [weight: number, route: fc.Arbitrary<HttpRequest>])[] = [
    [10, of("POST", "/publish", publisher, publishes)],
    [3, of("POST", "/publish", bearer(limitedKey), publishes)],
    [3, of("POST", "/publish", bearer(broadcaster), bodies(broadcastTexts))],
    [1, of("POST", "/publish", anyone, bodies(broadcastTexts))],
    [2, of("POST", "/dev/publish", nobody, publishes)],
    [3, of("POST", "/auth/ticket", fc.oneof(publisher, anyone), bodies(ticketTexts))],
    [3, of("POST", "/dev/token", nobody, bodies(devTokenTexts))],
    [1, of("POST", usersAt("disconnect"), operators, bodies(disconnectTexts))],
    [2, of("PUT", usersAt("identity"), operators, bodies(identityTexts))],
    [1, of("GET", usersAt("events", eventIds), operators)],
    [1, of("DELETE", usersAt("inbox", eventIds), operators)],
    [1, of("GET", deadLetters, operators)],
    [
      1,
      of(
        "POST",
        letters.map((id) => `/dead-letters/${id}/retry`),
        operators,
      ),
    ],
    [
      2,
      of(
        "GET",
        polls.map((query) => `/events${query}`),
        anyone,
      ),
    ],
    [
      2,
      of(
        "GET",
        fc.tuple(rooms, polls).map(([room, query]) => `/rooms/${room}/events${query}`),
        anyone,
      ),
    ],
    [
      1,
      of(
        "GET",
        rooms.map((room) => `/rooms/${room}`),
        anyone,
      ),
    ],
    [1, of("GET", inboxPages, anyone)],
    [1, of("POST", "/inbox/mark", anyone, bodies(markTexts))],
    [1, of(fc.constantFrom("GET", "DELETE"), fc.oneof(notifications, inboxes), anyone)],
    [1, of("PUT", "/preferences", anyone, bodies(preferenceTexts))],
    [2, of(fc.constantFrom(...methods), known, anyone, publishes)],
    [2, of(fc.constantFrom(...methods), anyPath, anyone, publishes)],
  ];
  return fc.oneof(...routes.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** What is asked about a user. */
function usersAt(what: string, of?: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(people, of ?? fc.constant(""))
    .map(([id, one]) => `/users/${id}/${what}${of ? `/${one}` : ""}`);
}
