import { expect, test } from 'vitest';
import { realSystem } from '../../system/system.ts';
import { type Gate, SessionQueue } from './session-queue.ts';

/** A gate whose lock is held elsewhere at first. */
class SlowGate implements Gate {
  readonly key = 'agent:main:slack:channel:c024';
  inside = false;
  #refusals = 3;

  enter(): 'in' | 'busy' {
    if (this.#refusals-- > 0) return 'busy';
    this.inside = true;
    return 'in';
  }

  leave(): void {
    this.inside = false;
  }

  catchUp(): Promise<void> {
    return Promise.resolve();
  }

  describeHolder(): string {
    return 'a test holds it';
  }
}

test('C.16 whoever comes right after one that had waited does not let the next one in as well', async () => {
  const gate = new SlowGate();
  const queue = new SessionQueue(realSystem, gate, 10_000);
  const happened: string[] = [];
  const long = async (name: string) => {
    happened.push(`${name} begins`);
    for (let round = 0; round < 5; round++) await new Promise(setImmediate);
    happened.push(`${name} ends ${gate.inside ? 'inside' : 'outside'}`);
  };
  await queue.exclusive(() => undefined, { create: true });
  const all = ['first', 'second'].map((name) =>
    queue.exclusive(() => long(name), { create: true }),
  );
  await Promise.all(all);
  expect(happened).toEqual([
    'first begins',
    'first ends inside',
    'second begins',
    'second ends inside',
  ]);
});
