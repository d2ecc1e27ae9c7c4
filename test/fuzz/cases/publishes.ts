import fc from "fast-check";
import { channelNames } from "./channels.ts";
import { anyJson, listOf, type Members, maybe, mutatedObject, quotedText } from "./json.ts";
import { anyText } from "./text.ts";

const quoted = (text: string) => JSON.stringify(text);
const one = (...texts: readonly string[]) => fc.constantFrom(...texts).map(quoted);
const bool = fc.constantFrom("true", "false");

/** What is mostly as it should be, but for one in ten. */
function mostly(good: fc.Arbitrary<string>, bad: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: bad });
}

/** What is mostly absent. */
function seldom(value: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** Few enough to be the same user again, and some that nobody has thought of. */
export const userIds: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 9 }).map((number) => `fuzz-target-${number}`) },
  { weight: 1, arbitrary: anyText },
);

export const users = userIds.map(quoted);

/** Ids that were perhaps published, and others, as JSON. */
export const ids: fc.Arbitrary<string> = fc.oneof(
  fc.nat({ max: 30 }).map((number) => quoted(`fuzz-${number}`)),
  quotedText,
);
export const labels = fc.oneof(one("admin", "NURSE", "7", "tab-1"), quotedText);

/** Channels of many, and names that come close to them. */
const audiences = one(
  "announcements",
  "public:announcements",
  "admin:payments",
  "notifications:role:nurse",
  "notifications:role:Nurse",
  "notifications:system",
  "notifications:role:",
  "user:*",
);
const channels = fc.oneof(
  { weight: 4, arbitrary: channelNames([]).map(quoted) },
  { weight: 1, arbitrary: audiences },
);

const eventNames = mostly(one("payment:confirmed", "a.b-c_d", "e".repeat(100)), quotedText);

const data = fc.oneof(
  { weight: 20, arbitrary: anyJson },
  { weight: 1, arbitrary: fc.constantFrom(65_534, 65_535).map((size) => quoted("x".repeat(size))) },
  { weight: 1, arbitrary: fc.constantFrom(21_844, 21_845).map((size) => quoted("ก".repeat(size))) },
);

const texts = mostly(
  fc.oneof(
    one("A title", "คำขอถูกสร้างแล้ว", "x".repeat(100)),
    mutatedObject({ th: one("สวัสดี"), en: one("Hello"), "zh-Hant": seldom(quotedText) }),
  ),
  fc.oneof(quotedText, fc.constantFrom("{}", '{"English":"no tag"}', quoted("x".repeat(201)))),
);

const notification = mutatedObject({
  type: mostly(one("payment", "t".repeat(64)), quotedText),
  title: texts,
  message: texts,
  actionUrl: maybe(
    mostly(
      one("/payments/7", "https://example.org/"),
      one("//example.org", "javascript:alert(1)", "/\\a", ""),
    ),
  ),
  actionText: seldom(texts),
  priority: maybe(mostly(one("low", "normal", "high", "critical"), one("urgent"))),
  collapseKey: maybe(mostly(one("k", "k".repeat(128)), one("", "k".repeat(129)))),
  expiresAt: seldom(fc.constantFrom("1", "4102444800000", "9007199254740991", "0", "1.5")),
});

const aimOnly = mutatedObject({
  users: maybe(listOf(users, 4)),
  roles: maybe(listOf(labels, 50)),
  tenants: maybe(listOf(labels, 4)),
});
const aimExcept = mutatedObject({ user: maybe(users), client: maybe(labels) });

/** What an event may say beside its name, its data and its targets. */
const rest: Members = {
  id: maybe(ids),
  notification: seldom(notification),
  only: seldom(aimOnly),
  except: seldom(aimExcept),
  store: maybe(bool),
  ttl: maybe(mostly(fc.constantFrom("1", "604800", "34560000"), fc.constantFrom("34560001", "0"))),
};

const targets = mutatedObject({
  users: maybe(listOf(users, 4)),
  channels: maybe(listOf(channels, 4)),
  roles: seldom(listOf(labels, 50)),
  tenants: seldom(listOf(labels, 200)),
  everyone: seldom(bool),
});

const aimed = mutatedObject({ event: eventNames, data: maybe(data), to: targets, ...rest });

const lines = mostly(one("GACP-001", "ฟาร์ม", "x".repeat(200)), quotedText);
const dates = mostly(
  one("2026-01-31", "2026-01-31T09:30:00Z", "2026-01-31T09:30:00+07:00"),
  one("31.1.2026", ""),
);
const amounts = mostly(fc.constantFrom("0", "5000", "1234567.891", "1e308"), fc.constantFrom("-1"));

/** What some events that the service knows may say: among these, targets and whatever a notification is written from. */
const known: Readonly<Record<string, Members>> = {
  "payment:confirmed": {
    ...{ farmerId: users, paymentId: lines, applicationNumber: lines, amount: amounts },
    ...{ farmerName: lines, receiptNumber: lines },
  },
  "application:updated": {
    ...{ farmerId: users, applicationId: lines, applicationNumber: lines, status: lines },
    updatedFields: listOf(lines, 100),
    assignedAdminId: maybe(fc.oneof(users, fc.constant("null"))),
  },
  "exam:assigned": {
    ...{ userId: users, examId: lines, examTitle: lines, dueAt: dates },
    questions: mostly(fc.constantFrom("1", "40"), fc.constantFrom("0.5", "9007199254740993")),
  },
  "exam:published": { role: labels, examId: lines, examTitle: lines },
  QUEUE_UPDATE: { clinicId: labels, waiting: fc.constantFrom("0", "3"), serving: maybe(lines) },
  "system:announcement": {
    ...{ title: lines, message: lines },
    type: maybe(mostly(one("info", "success"), one("fatal"))),
    priority: maybe(mostly(one("low", "high"), one("critical"))),
    actionUrl: maybe(mostly(one("/news"), one("javascript:alert(1)"))),
  },
};

/** Events that name no target: the service knows most of them. */
const routed = fc
  .constantFrom(...Object.keys(known), "nobody:knows", "constructor")
  .chain((name) => mutatedObject({ event: one(name), data: mutatedObject(known[name] ?? {}), ...rest }));

const publishedEvent = fc.oneof({ weight: 3, arbitrary: aimed }, { weight: 2, arbitrary: routed });

/** What `POST /publish` may get: one event, or several. */
export const publishTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: publishedEvent },
  { weight: 1, arbitrary: listOf(publishedEvent, 6) },
);

/** What it may get of a user who broadcasts: mostly what such a user may say. */
export const broadcastTexts: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: mutatedObject({
      ...{ event: eventNames, data: maybe(data), ...rest },
      to: mutatedObject({ channels: listOf(audiences, 8) }),
    }),
  },
  { weight: 1, arbitrary: publishTexts },
);
