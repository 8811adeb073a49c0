import type { Session } from '../../src/contract/store.ts';

/** Told of each step: `T` before it is tried, `A`, `U` and `R` once it was acknowledged. */
export type Say = (what: 'T' | 'A' | 'U' | 'R', key: string, n: number) => void;

/** Records, updates that count, and now and then a reset; for ever, or so many rounds. */
export async function writeOn(
  session: Session,
  say: Say,
  rounds = Number.POSITIVE_INFINITY,
): Promise<void> {
  const { key } = session;
  for (let n = 1; n <= rounds; n++) {
    say('T', key, n);
    await session.append({ type: 'note', key, n, text: 'x'.repeat((n * 37) % 900) });
    say('A', key, n);
    const pad = 'y'.repeat((n * 53) % 700);
    await session.update(({ count = 0 }) => ({ count: count + 1, key, pad }));
    say('U', key, n);
    if (n % 9 !== 0) continue;
    await session.reset({ reason: 'again' });
    say('R', key, n);
  }
}
