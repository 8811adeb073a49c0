import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { FaultySystem } from './faulty-system.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { outcomeOf, type View, viewOf } from './view-of-session.ts';

const ERRNOS = ['ENOSPC', 'EIO', 'EACCES'];
/** Far more calls than any operation makes. */
const CALLS_MAX = 200;

interface Run {
  root: string;
  witness: Backend;
  operation: Operation;
  /** The store that runs the operation has used the session before. */
  warm: boolean;
}

/** One run in which call `n` fails. `false`: the operation makes fewer calls than that. */
async function failAt(run: Run, key: string, n: number, errno: string): Promise<boolean> {
  const { root, witness, operation, warm } = run;
  const system = new FaultySystem();
  const hold = operation.name.includes(' a turn');
  const useWitness = !warm && !hold;
  if (useWitness) await operation.prepare?.(witness, key);
  const { store, backend } = await openStoreAt(root, { system });
  if (!useWitness) await operation.prepare?.(backend, key);
  const before = await viewOf(witness, key);
  system.forget();
  // Giving a lock back does not fail; everything else may.
  system.intervene = (call) => (call.n === n && call.name !== 'unlock' ? { errno } : undefined);
  const outcome = await outcomeOf(() => operation.run(backend, key));
  const reached = system.calls.length >= n;
  const failed = system.calls[n - 1];
  system.mend();
  const where = `${operation.name}, ${errno} at call ${n}: ${failed?.name} ${failed?.path}`;
  const after = await viewOf(witness, key);
  if (outcome !== undefined) expect(sameButTurn(after, before, operation), where).toBe(true);
  else if (reached) expect(after, where).not.toEqual(before);
  await goOn(backend, witness, key, where);
  await store.close();
  expect([...system.open.values()], where).toEqual([]);
  return reached;
}

/** A turn that could not be ended in order is over all the same; then the log still names it. */
function sameButTurn(after: View, before: View, { name }: Operation): boolean {
  const { turn, ...rest } = after;
  const { turn: former, ...others } = before;
  expect(rest).toEqual(others);
  return name === 'end a turn' ? turn !== 'running' : turn === former;
}

/** The session can be used as if nothing had happened. */
async function goOn(backend: Backend, witness: Backend, key: string, where: string) {
  const next = await backend.update(key, { next: where }, {});
  await backend.append(key, { type: 'note', text: 'next' }, {}, {});
  const seen = await viewOf(witness, key);
  expect(seen.rev, where).toBe(next.rev);
  expect(seen.entry, where).toEqual(next.entry);
  expect(seen.records?.at(-1), where).toBe('next');
}

describe.each(OPERATIONS)('$name', (operation) => {
  test.each([
    ['in a store that has just been opened', false],
    ['in a session that is in use', true],
  ])(
    'C.15 every call that fails, %s: the former state or the new one, and it goes on',
    {
      timeout: 120_000,
    },
    async (_, warm) => {
      const root = temporaryDirectory();
      const { backend: witness, store } = await openStoreAt(root);
      const run: Run = { root, witness, operation, warm };
      for (const errno of ERRNOS) {
        let n = 1;
        while (await failAt(run, `agent:main:${errno}:${n}`, n, errno)) n += 1;
        expect(n).toBeGreaterThan(2);
        expect(n).toBeLessThan(CALLS_MAX);
      }
      const { problems } = await store.verify();
      expect(problems.filter(({ severity }) => severity === 'damage')).toEqual([]);
    },
  );
});
