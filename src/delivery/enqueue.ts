import type { Settings } from "../config/settings.ts";
import { describe, report } from "../operation/report.ts";
import { callObject } from "./call.ts";
import { inLanes } from "./lanes.ts";
import { encodeParcel, type Parcel } from "./parcel.ts";

/** What one call may bring to a queue: 100 messages and 256,000 bytes, of which each message takes some 100 itself. */
const BATCH_MESSAGES = 100;
const BATCH_BYTES = 250_000;
const MESSAGE_BYTES = 100;
/** Calls to a queue under way at once. */
const LANES = 4;

/**
 * Puts parcels into a queue, which brings them `delay` seconds later at the earliest.
 *
 * @returns those that the queue did not take, after every try that the settings allow.
 */
export async function enqueue(
  queue: Queue<Uint8Array>,
  parcels: readonly Parcel[],
  delay: number,
  { PUBLISH_ATTEMPTS }: Settings,
): Promise<readonly Parcel[]> {
  const left: Parcel[] = [];
  await inLanes(batchesOf(parcels), LANES, async (batch) => {
    const messages = batch.map(({ body }) => ({ body, contentType: "bytes" as const }));
    try {
      await callObject(async () => await queue.sendBatch(messages, { delaySeconds: delay }), {
        attempts: PUBLISH_ATTEMPTS,
        wait: (ms) => scheduler.wait(ms),
        random: Math.random,
        // A queue does not say what makes sense; that a message comes twice does no harm.
        mayBeRetried: () => true,
      });
    } catch (error) {
      report("error", "queue takes nothing", { messages: messages.length, ...describe(error) });
      left.push(...batch.map(({ parcel }) => parcel));
    }
  });
  return left;
}

interface Message {
  readonly parcel: Parcel;
  readonly body: Uint8Array;
}

function batchesOf(parcels: readonly Parcel[]): Message[][] {
  const batches: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const parcel of parcels) {
    const body = encodeParcel(parcel);
    const size = body.length + MESSAGE_BYTES;
    const open = batches.at(-1);
    if (open && open.length < BATCH_MESSAGES && bytes + size <= BATCH_BYTES) {
      open.push({ parcel, body });
      bytes += size;
    } else {
      batches.push([{ parcel, body }]);
      bytes = size;
    }
  }
  return batches;
}
