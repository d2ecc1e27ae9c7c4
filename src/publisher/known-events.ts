import type { EventInput, EventName } from "../config/events.ts";

/** The data of each event of `src/config/events.ts`, by its name. */
export type KnownEvents = { readonly [Name in EventName]: EventInput<Name> };
