/** Whom an event is for. What is named adds up; nobody gets it twice. Roles are compared without regard to case. */
export interface Targets {
  readonly users?: readonly string[];
  readonly roles?: readonly string[];
  readonly tenants?: readonly string[];
  readonly channels?: readonly string[];
  readonly everyone?: boolean;
}

/** A text in one language, or in several by their BCP 47 tags: `{ en: "Paid", th: "ชำระแล้ว" }`. */
export type LocalText = string | { readonly [language: string]: string };

/** What lies in the inbox of each user whom the event reaches. */
export interface Notification {
  readonly type: string;
  readonly title: LocalText;
  readonly message: LocalText;
  readonly actionUrl?: string;
  readonly actionText?: LocalText;
  readonly priority?: "low" | "normal" | "high" | "critical";
}

/** What any event may have; docs/http.md says what each means. */
export interface EventOptions {
  /** Idempotency: published again under the same id it is the same event. Made up when absent. */
  readonly id?: string;
  readonly notification?: Notification;
  /** Keeps only those recipients of the targets who fit all that is named. */
  readonly only?: {
    readonly users?: readonly string[];
    readonly roles?: readonly string[];
    readonly tenants?: readonly string[];
  };
  /** Leaves out one user, or one device. */
  readonly except?: { readonly user?: string; readonly client?: string };
  /** `false`: it reaches who is there now, and nothing is kept. */
  readonly store?: boolean;
  /** Seconds after which it is not replayed any more. */
  readonly ttl?: number;
}

/** An event that names its targets. */
export interface AddressedEvent extends EventOptions {
  readonly event: string;
  /** Any JSON; `null` if absent. */
  readonly data?: unknown;
  readonly to: Targets;
}

/**
 * A known event without targets: the service's routing table says what it becomes, and for whom. `Events` is the data of
 * each, by its name.
 */
export type RoutedEvent<Events> = {
  readonly [Name in keyof Events & string]: EventOptions & {
    readonly event: Name;
    readonly data: Events[Name];
    readonly to?: never;
  };
}[keyof Events & string];

/** An event as it is published. */
export type PublishedEvent<Events> = AddressedEvent | RoutedEvent<Events>;
