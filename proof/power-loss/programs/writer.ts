/**
 * Writes to some sessions until its disk is gone. It says what it tries before it tries it, and that
 * it was acknowledged after it was: `T <key> <n>`, then `A <key> <n>`, `U <key> <n>` or `R <key> <n>`.
 */
import process from 'node:process';
import { openStore } from '../../../src/index.ts';
import { endWithParent, planOf } from '../../frame/with-parent.ts';
import { type WriterPlan, writerKey } from '../writer-plan.ts';

const { root, writer, durability, sessions } = planOf<WriterPlan>();
endWithParent();
const store = await openStore(root, { durability, onWarning: () => undefined });
const say = (what: string, key: string, n: number) => process.stdout.write(`${what} ${key} ${n}\n`);

async function writeTo(key: string): Promise<never> {
  const session = store.session(key);
  for (let n = 1; ; n++) {
    say('T', key, n);
    await session.append({ type: 'note', key, n, text: 'x'.repeat((n * 37) % 900) });
    say('A', key, n);
    await session.update(({ count = 0 }) => ({
      count: count + 1,
      key,
      pad: 'y'.repeat((n * 53) % 700),
    }));
    say('U', key, n);
    if (n % 9 !== 0) continue;
    await session.reset({ reason: 'again' });
    say('R', key, n);
  }
}

const keys = Array.from({ length: sessions }, (_, n) => writerKey(durability, writer, n));
// The disk is gone, or the process is killed: either ends it.
await Promise.all(keys.map(writeTo)).catch(() => process.exit(0));
