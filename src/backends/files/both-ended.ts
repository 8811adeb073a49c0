/** When one fails the other is waited for, too: nothing of a call goes on after it was answered. */
export async function bothEnded(one: Promise<void>, other: Promise<void>): Promise<void> {
  for (const ended of await Promise.allSettled([one, other])) {
    if (ended.status === 'rejected') throw ended.reason;
  }
}
