/** What a webhook tells: ids alone, never what an event or a notification says. */
export type WebhookContent =
  | { readonly event: "user.online" | "user.offline"; readonly data: { readonly userId: string } }
  | { readonly event: "room.occupied" | "room.vacated"; readonly data: { readonly room: string } }
  | { readonly event: "notification.read"; readonly data: { readonly userId: string } & ReadNotifications };

/** Which notifications were read: these, or all that had arrived up to an offset of the user's log. */
export type ReadNotifications =
  | { readonly ids: readonly string[] }
  | { readonly all: true; readonly upTo: number };

export type WebhookEvent = WebhookContent["event"];

/** A webhook as its receiver reads it: the JSON in the body of a POST. */
export type Webhook = WebhookContent & {
  /** The same each time it is sent: what came before is known by it. */
  readonly id: string;
  /** When it became so (ms since 1970). */
  readonly at: number;
  /** Who numbers it: one shard of the audience, one room, or one user's inbox. */
  readonly source: string;
  /** The life of the source's numbers; with another epoch they begin anew. */
  readonly epoch: string;
  /** Its number among all webhooks of its source, from 1 and without gaps. */
  readonly sequence: number;
};

/** Every event that a webhook may tell. */
export const webhookEvents: readonly WebhookEvent[] = [
  "user.online",
  "user.offline",
  "room.occupied",
  "room.vacated",
  "notification.read",
];
