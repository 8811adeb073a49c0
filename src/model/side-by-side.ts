/** Works on each of many items, a few at a time. After a failure none is begun any more. */
export async function sideBySide<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of queue) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** The results of work on each of many items, a few at a time, in the order of the items. */
export async function mapSideBySide<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const places = items.map((item, index) => ({ item, index }));
  await sideBySide(places, atOnce, async ({ item, index }) => {
    results[index] = await work(item);
  });
  return results;
}
