/** What the benchmark's own loop costs a call: subtracted where two costs are compared. */
export const emptyLoop = {
  title: 'the empty loop of this benchmark',
  open: () => ({
    createMany: () => undefined,
    session: () => ({ update: () => undefined, append: () => undefined }),
    countUpdates: () => undefined,
    countRecords: () => undefined,
    close: () => undefined,
  }),
};
