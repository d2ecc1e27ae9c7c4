import type { z } from "zod";
import type { publishedEventSchema } from "../../src/delivery/event.ts";
import type { TargetResult as Told } from "../../src/delivery/publish.ts";
import type {
  AddressedEvent,
  KnownEvents,
  PublishedEvent,
  TargetResult,
  Targets,
} from "../../src/publisher/index.ts";

// Nothing here is run: it does not compile where the publisher's types and the service's have grown apart.

type Mutable<Value> = Value extends object ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> } : Value;
type Posted = z.input<typeof publishedEventSchema>;

/** What a publisher sends is what the service takes. */
export function taken(event: Mutable<PublishedEvent<KnownEvents>>): Posted {
  return event;
}

/** All that the service takes a publisher can say. */
export function said(field: keyof Posted): keyof AddressedEvent {
  return field;
}
export function aimed(target: keyof NonNullable<Posted["to"]>): keyof Targets {
  return target;
}

/** All that the service tells a publisher knows. */
export function told(status: Told["status"]): TargetResult["status"] {
  return status;
}
