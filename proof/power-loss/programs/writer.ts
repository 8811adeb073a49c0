/** Writes to some sessions until its disk is gone, and says what was acknowledged. */
import process from 'node:process';
import { openStore } from '../../../src/index.ts';
import { endWithParent, planOf } from '../../frame/with-parent.ts';
import { writeOn } from '../write-on.ts';
import { type WriterPlan, writerKey } from '../writer-plan.ts';

const { root, writer, durability, sessions } = planOf<WriterPlan>();
endWithParent();
const store = await openStore(root, { durability, onWarning: () => undefined });
const say = (what: string, key: string, n: number) => process.stdout.write(`${what} ${key} ${n}\n`);

const keys = Array.from({ length: sessions }, (_, n) => writerKey(durability, writer, n));
const work = Promise.all(keys.map((key) => writeOn(store.session(key), say)));
// The disk is gone, or the process is killed: either ends it. What was said must reach whoever counts it,
// who may be too busy to listen for a moment.
await work.catch(() => process.stdout.write('', () => process.exit(0)));
