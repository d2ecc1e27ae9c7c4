/** Does something for each item, so many at once. What a task throws ends the whole, so it had better throw nothing. */
export async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
}
