import fc from "fast-check";
import { channelNames, sinceTexts } from "./channels.ts";
import { oddHeaders } from "./headers.ts";
import type { Credentials } from "./requests.ts";
import { anyText } from "./text.ts";
import { inUrl, queries } from "./urls.ts";

/** One attempt to open a WebSocket, and how the client goes if it is let in. */
export interface Upgrade {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole line of `Sec-WebSocket-Protocol`; none where it is absent. */
  readonly protocols?: string;
  readonly goodbye: "drop" | "close" | "close with a code";
}

const clients = fc.oneof(
  fc.constantFrom("tab-1", "a".repeat(64), "a".repeat(65), "", "a b", "__proto__"),
  anyText,
);

/** WebSocket requests to a user's object, to rooms, and to addresses where there are none. */
export function upgrades({
  publishKey,
  tokens,
}: Pick<Credentials, "publishKey" | "tokens">): fc.Arbitrary<Upgrade> {
  const token = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...tokens) },
    { weight: 1, arbitrary: fc.constant(publishKey) },
    { weight: 1, arbitrary: fc.constantFrom("", "x", "a.b.c", "e30.e30.e30", "..") },
  );
  const query = queries({ client: clients, since: sinceTexts, token });
  const path = fc.oneof(
    { weight: 3, arbitrary: fc.constant("/connect") },
    { weight: 4, arbitrary: inUrl(channelNames([])).map((room) => `/rooms/${room}/connect`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("/", "/publish", "/health", "/rooms//connect", "/rooms/room:1", "/nowhere"),
    },
  );
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constant("carillon.v1") },
    { weight: 2, arbitrary: token.map((text) => `bearer.${text}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "carillon.v2",
        "CARILLON.V1",
        "bearer.",
        "",
        " ",
        "chat",
        "a b",
        '"carillon.v1"',
      ),
    },
    { weight: 1, arbitrary: anyText.map((text) => text.replace(/[^\x20-\x7e]/g, "~")) },
  );
  const protocols = fc.option(
    fc.array(word, { maxLength: 4 }).map((words) => words.join(", ")),
    { nil: undefined, freq: 4 },
  );
  const credential = fc.oneof(
    {
      weight: 2,
      arbitrary: token.map((text): Record<string, string> => ({ Authorization: `Bearer ${text}` })),
    },
    { weight: 1, arbitrary: fc.constant<Record<string, string>>({}) },
  );
  const goodbye = fc.constantFrom<Upgrade["goodbye"][]>("drop", "close", "close with a code");
  return fc
    .record({ path, query, credential, odd: oddHeaders, protocols, goodbye })
    .map(({ path: base, query: rest, credential: given, odd, protocols: line, goodbye: how }) => {
      const { "Sec-WebSocket-Protocol": _, ...headers } = { ...given, ...odd };
      // A fragment never leaves a client.
      const address = (base + rest).replaceAll("#", "%23");
      return { path: address, headers, goodbye: how, ...(line !== undefined && { protocols: line }) };
    });
}
