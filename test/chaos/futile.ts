/**
 * Events that the queue never gets delivered, so that they become dead letters:
 *
 * - `refused`: their objects are not asked, and are said to have refused.
 * - `unanswered`: their objects take them each time, and each answer is lost. Who retries delivers them once more.
 */
export const futile = { refused: "chaos:refused", unanswered: "chaos:unanswered" } as const;

const events: readonly string[] = Object.values(futile);

export function isFutile(event: string): boolean {
  return events.includes(event);
}
