/** Updates and appends until the system lets no file grow any more; says what it was told. */
import process from 'node:process';
import { isHoldfastError, openStore } from '../../../src/index.ts';
import { planOf } from '../../frame/with-parent.ts';

const { root, key } = planOf<{ root: string; key: string }>();
const store = await openStore(root, { onWarning: () => undefined });
const session = store.session(key);

/** Calls again and again until it is refused: how often it went well, and the code. */
async function untilRefused(call: (n: number) => Promise<unknown>): Promise<[number, string]> {
  for (let n = 1; ; n++) {
    try {
      await call(n);
    } catch (cause) {
      if (!isHoldfastError(cause)) throw cause;
      return [n - 1, cause.code];
    }
  }
}

const [records, append] = await untilRefused((n) =>
  session.append({ type: 'note', text: `${n} `.padEnd(700, 'x') }),
);
const [n, update] = await untilRefused((n) =>
  session.update({ n, text: `${n} `.padEnd(500, 'x') }),
);
await store.close();
process.stdout.write(JSON.stringify({ records, append, n, update }));
process.exit(0);
