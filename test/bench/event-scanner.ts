const EVENT = Buffer.from('{"type":"event"');
const SENT = Buffer.from('"sent":');
const OFFSET = Buffer.from('"offset":');
/** Comes beside a notification, and is no entry of any log. */
const UNREAD = Buffer.from('"event":"unread:count"');

/** What the benchmark wants to know of an `event` frame. */
export interface ScannedEvent {
  readonly offset: number;
  /** When it was published, by the clock of `microseconds()`. */
  readonly sent: number;
}

/** Messages whose last bytes differ are different; these lead to those that may be the same. */
const TAIL = 32;
const KEPT = 64;

/**
 * Finds the events of a message without parsing its JSON, so that the load generator keeps up with servers that send
 * hundreds of events in one message. A message that all sockets of a room get is read once.
 */
export class EventScanner {
  readonly #kept = new Map<string, { payload: Buffer; events: readonly ScannedEvent[] }>();

  /** @param payload a message for which `holdsEvents` is true. */
  scan(payload: Buffer): readonly ScannedEvent[] {
    const tail = payload.toString("latin1", Math.max(0, payload.length - TAIL));
    const known = this.#kept.get(tail);
    if (known?.payload.equals(payload)) return known.events;
    const events = scanAll(payload);
    if (this.#kept.size >= KEPT) this.#kept.clear();
    this.#kept.set(tail, { payload: Buffer.from(payload), events });
    return events;
  }
}

/** Whether a message is an `event` frame or begins with one. */
export function holdsEvents(payload: Buffer): boolean {
  const at = payload[0] === 0x5b ? 1 : 0;
  return payload.length > EVENT.length + at && EVENT.compare(payload, at, at + EVENT.length) === 0;
}

function scanAll(payload: Buffer): ScannedEvent[] {
  const events: ScannedEvent[] = [];
  let unread = payload.indexOf(UNREAD);
  for (let at = payload.indexOf(EVENT), next = at; at !== -1; at = next) {
    next = payload.indexOf(EVENT, at + EVENT.length);
    if (unread !== -1 && (next === -1 || unread < next)) {
      unread = payload.indexOf(UNREAD, unread + UNREAD.length);
      continue;
    }
    const sent = numberAfter(payload, SENT, at);
    const offset = numberAfter(payload, OFFSET, at);
    if (sent === undefined || offset === undefined) {
      throw new Error(`An event came without sent or offset: ${payload.toString("utf8", at, at + 300)}`);
    }
    events.push({ sent, offset });
  }
  return events;
}

function numberAfter(payload: Buffer, name: Buffer, from: number): number | undefined {
  const found = payload.indexOf(name, from);
  if (found === -1) return undefined;
  let value = 0;
  for (let at = found + name.length; ; at++) {
    const digit = (payload[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return value;
    value = value * 10 + digit;
  }
}
