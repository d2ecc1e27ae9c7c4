import type { PatternsOf } from "../channels/rules.ts";
import type { channels } from "./channels.ts";
import type { EventData, EventName } from "./events.ts";

/** An event's data, when nothing is known of it. */
export type Row = Readonly<Record<string, unknown>>;

/** A text with `{field}` where a field of the data comes, in one language for all or by language; the first counts. */
export type TextTemplate = string | Readonly<Record<string, string>>;

/**
 * The notification that a delivery leaves in the inbox. In texts given by language, `{amount}` writes a number as that
 * language does, `{dueAt:date}` a date, and `{dueAt:time}` a date with its time of day.
 */
export interface NotificationTemplate {
  readonly type: string;
  readonly title: TextTemplate;
  readonly message: TextTemplate;
  /** Left out, like `actionText` and `priority`, where a field that it names is absent. */
  readonly actionUrl?: string;
  readonly actionText?: TextTemplate;
  readonly priority?: "low" | "normal" | "high" | "critical" | `{${string}}`;
}

/** People by who they are; what is for them arrives on `user:{id}`, once. */
export type People<Field extends string = string> =
  | { readonly everyone: true }
  | { readonly roles: readonly Lowercase<string>[] }
  | { readonly tenants: readonly `{${Field}}`[] };

/** One delivery that an event becomes. */
export interface Delivery<Field extends string = string, To = string, Data = Row> {
  /** A channel, with `{field}` where a field of the data comes. Where that field is absent there is no delivery. */
  readonly to: To | People;
  /** Its name on the way out; the event's own where this is left out. */
  readonly event?: string;
  /** The fields that are sent; all of them where this is left out. */
  readonly pick?: readonly Field[];
  /** What is sent beside them, always the same. */
  readonly add?: Row;
  readonly notification?: NotificationTemplate;
  /** Whether there is such a delivery at all. A method, so that it may ask for the data of its own event. */
  when?(data: Data): boolean;
}

/** Routes by event: its deliveries, each under the name that is added to the event's id to make its own. */
export type Routes = {
  readonly [Name in EventName]?: Readonly<Record<string, DeliveryOf<Name>>>;
};

type FieldOf<Name extends EventName> = keyof EventData<Name> & string;

/** Fields that can stand in a text: what they are when they are there is a text or a number. */
type TextFieldOf<Name extends EventName> = {
  [Field in FieldOf<Name>]: EventData<Name>[Field] extends string | number | null | undefined ? Field : never;
}[FieldOf<Name>];

/** Those of them that are always there. */
type SureFieldOf<Name extends EventName> = {
  [Field in FieldOf<Name>]: EventData<Name>[Field] extends string | number ? Field : never;
}[FieldOf<Name>];

/** A channel's pattern with fields of the data in the place of its parameters. */
type Filled<
  Pattern extends string,
  Field extends string,
> = Pattern extends `${infer Before}{${string}}${infer After}`
  ? `${Before}{${Field}}${Filled<After, Field>}`
  : Pattern;

type DeliveryOf<Name extends EventName> = Delivery<
  FieldOf<Name>,
  Filled<PatternsOf<typeof channels>, TextFieldOf<Name>>,
  EventData<Name>
>;

type Placeholder<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ? (Inner extends `${infer Field}:${"date" | "time"}` ? Field : Inner) | Placeholder<Rest>
  : never;

type CheckedText<Text, Field extends string> = Text extends string
  ? Placeholder<Text> extends Field
    ? Text
    : { readonly "may not stand here": Exclude<Placeholder<Text>, Field> }
  : { readonly [Language in keyof Text]: CheckedText<Text[Language], Field> };

type CheckedTemplate<Template, Name extends EventName> = {
  readonly [Part in keyof Template]: Part extends "title" | "message"
    ? CheckedText<Template[Part], SureFieldOf<Name>>
    : Part extends keyof NotificationTemplate
      ? CheckedText<Template[Part], TextFieldOf<Name>>
      : never;
};

type CheckedDelivery<One, Name extends EventName> = {
  readonly [Part in keyof One]: Part extends "notification"
    ? CheckedTemplate<One[Part], Name>
    : Part extends keyof Delivery
      ? One[Part]
      : never;
};

type CheckedRoutes<Given> = {
  readonly [Name in keyof Given]: Name extends EventName
    ? { readonly [One in keyof Given[Name]]: CheckedDelivery<Given[Name][One], Name> }
    : never;
};

/**
 * Says what events become. Every field that a route names, in a target, a choice of fields or a text, must be one of
 * the event's schema, and every channel one of the rules: anything else is a compile error at that place.
 */
export function defineRoutes<const Given extends Routes>(routes: Given & CheckedRoutes<Given>): Given {
  return routes;
}
