import { z } from "zod";
import { aimSchema } from "../objects/aim.ts";
import { notificationSchema } from "../objects/notification.ts";
import type { Publication } from "../objects/publication.ts";
import { type ErrorCode, errorKinds } from "../protocol/errors.ts";
import { type Content, Contents } from "./contents.ts";
import type { Failure } from "./deliver.ts";
import type { ObjectCall } from "./plan.ts";

/** Calls that travel through a queue in one message. */
export interface Parcel {
  /** Which try of the queue this is, from 1. */
  readonly attempt: number;
  /** Of the request that published what is in it, for the log. */
  readonly requestId?: string | undefined;
  readonly calls: readonly ParcelCall[];
}

/** A call in a parcel, and in the dead letters why it was given up. */
export interface ParcelCall extends ObjectCall {
  readonly failure?: Failure;
}

/** A message that is no parcel, or one that this version does not know. */
export class UnreadableParcel extends Error {
  override readonly name = "UnreadableParcel";
}

const reach = z.strictObject({
  roles: z.array(z.string()),
  tenants: z.array(z.string()),
  everyone: z.boolean(),
  besides: z.array(z.string()),
});

// A field that is missing here is an error of the compiler, not of a message on its way.
const contentFields = {
  id: z.string(),
  hash: z.string(),
  event: z.string(),
  store: z.boolean(),
  aim: aimSchema.exactOptional(),
  reach: reach.exactOptional(),
  ttl: z.number().exactOptional(),
  notification: notificationSchema.exactOptional(),
} satisfies Record<keyof Omit<Content, "data">, z.ZodType>;

const place = z.number().int().nonnegative();
const errorCode = z.custom<ErrorCode>((code) => typeof code === "string" && Object.hasOwn(errorKinds, code));

/** The first line of a message. What follows it is the data of its contents, without anything in between. */
const headerSchema = z.strictObject({
  version: z.literal(1),
  attempt: z.number().int().min(1),
  requestId: z.string().max(64).exactOptional(),
  /** `bytes` is the length of the content's data. */
  contents: z.array(z.strictObject({ ...contentFields, bytes: place })),
  calls: z.array(
    z.strictObject({
      object: z.tuple([z.enum(["user", "room", "audience"]), z.string()]),
      /** Of each publication its events: the channel, and which content. */
      publications: z.array(z.array(z.tuple([z.string(), place])).min(1)),
      failure: z.strictObject({ code: errorCode, message: z.string() }).exactOptional(),
    }),
  ),
});

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LINE_BREAK = 10;

/**
 * Writes a parcel: a line of JSON, in which each content stands once and the calls name it by its number, then the data of
 * the contents. Data is JSON text already; within JSON it would grow by every quotation mark.
 */
export function encodeParcel({ attempt, requestId, calls }: Parcel): Uint8Array {
  const contents = new Contents();
  const entries = calls.map((call) => entryOf(call, contents));
  const written = contents.all.map(withLength);
  const header = { version: 1, attempt, requestId, contents: written, calls: entries };
  const data = contents.all.map((content) => content.data).join("");
  return encoder.encode(`${JSON.stringify(header)}\n${data}`);
}

/** What a call is in a parcel's first line. */
export function entryOf({ object, publications, failure }: ParcelCall, contents: Contents) {
  return {
    object: [object.kind, object.name],
    publications: publications.map((publication) =>
      publication.events.map((event) => [event.channel, contents.place(publication, event)]),
    ),
    ...(failure && { failure }),
  };
}

/** What a content is in a parcel's first line. */
export function withLength({ data, ...content }: Content) {
  return { ...content, bytes: encoder.encode(data).length };
}

/**
 * Reads the body of a message.
 *
 * @throws {UnreadableParcel}
 */
export function decodeParcel(body: unknown): Parcel {
  const bytes = bytesOf(body);
  try {
    const end = bytes.indexOf(LINE_BREAK);
    const { attempt, requestId, contents, calls } = headerSchema.parse(
      JSON.parse(decoder.decode(bytes.subarray(0, end))),
    );
    let next = end + 1;
    const whole = contents.map(({ bytes: length, ...content }) => {
      const data = decoder.decode(bytes.subarray(next, next + length));
      next += length;
      // It goes out to listeners as it stands.
      JSON.parse(data);
      return { ...content, data };
    });
    if (next !== bytes.length) throw new RangeError("There is more, or less, than the first line says.");
    return { attempt, ...(requestId && { requestId }), calls: calls.map((entry) => callOf(entry, whole)) };
  } catch (cause) {
    throw new UnreadableParcel("The message could not be read.", { cause });
  }
}

type Entry = z.output<typeof headerSchema>["calls"][number];

function callOf(
  { object: [kind, name], publications, failure }: Entry,
  contents: readonly Content[],
): ParcelCall {
  return {
    object: { kind, name },
    publications: publications.map((events) => publicationOf(events, contents)),
    ...(failure && { failure }),
  };
}

function publicationOf(events: Entry["publications"][number], contents: readonly Content[]): Publication {
  let ids = { id: "", hash: "" };
  const published = events.map(([channel, index]) => {
    const content = contents[index];
    if (!content) throw new RangeError("A call names a content that is not there.");
    const { id, hash, ...event } = content;
    ids = { id, hash };
    return { channel, ...event };
  });
  return { ...ids, events: published };
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new UnreadableParcel("The message is not of bytes.");
}
