import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';
import { Child, newDirectory, stayInCommit } from './child.ts';

const KEY = 'agent:main:slack:channel:c024';
/** The fact says 50 processes and 1,000 times; here is what two cores do in about ten seconds. */
const PROCESSES = 8;
const TURNS = 40;
const COMMITS = 1_500;
const LONG = { timeout: 180_000 };

/** A witness file as words and pids. */
function witnessed(path: string): [string, number][] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [word = '', pid] = line.split(' ');
    return [word, Number(pid)];
  });
}

/** That there was one owner at each time; who was killed never says that it left. */
function expectOneOwner(path: string, killed: readonly number[]): void {
  let owner: number | undefined;
  for (const [word, pid] of witnessed(path)) {
    if (word === 'done') continue;
    if (word === 'in' && owner !== undefined) expect(killed).toContain(owner);
    if (word === 'out') expect(owner).toBe(pid);
    owner = word === 'in' ? pid : undefined;
  }
}

async function contenders(
  directory: string,
  witness: string,
  what: string,
  times: number,
  count: number,
) {
  const words = [directory, KEY, witness, what, String(times), String(count)];
  const children = Array.from({ length: count }, () => new Child('contender', { words }));
  await Promise.all(children.map((child) => child.said('ready')));
  return children;
}

test.each([
  { what: 'turns', times: TURNS },
  { what: 'commits', times: COMMITS },
])(
  `R11.5 ${PROCESSES} processes contend for $times $what each, after a holder was killed`,
  LONG,
  async ({ what, times }) => {
    const directory = newDirectory();
    const witness = join(newDirectory(), 'witness');
    const dead = await Child.gateway(directory);
    await dead.ask('beginTurn', KEY);
    await stayInCommit(dead, KEY);
    const children = await contenders(directory, witness, what, times, PROCESSES);
    await dead.kill();
    for (const child of children) child.go();
    // One more is killed in the middle, wherever it is.
    const victim = children[3] as Child;
    const own = () => witnessed(witness).filter(([, pid]) => pid === victim.pid).length;
    await until('the victim competes', () => own() > 4);
    await victim.kill();
    const ends = await Promise.all(children.map((child) => child.ended));
    expect(ends.filter(({ code }) => code === 0)).toHaveLength(PROCESSES - 1);
    expectOneOwner(witness, [victim.pid]);
    const entered = witnessed(witness).filter(([word]) => word === 'in').length;
    const store = await openStore(directory);
    const n = (await store.session(KEY).read())?.entry.n;
    // At most one of the victim's was entered and never written.
    expect([entered, entered - 1]).toContain(n);
    expect(entered).toBeGreaterThan((PROCESSES - 1) * times);
    await store.close();
  },
);

test('R11.5 a process that ends a turn lets those who wait in others go first', LONG, async () => {
  const directory = newDirectory();
  const witness = join(newDirectory(), 'witness');
  const children = await contenders(directory, witness, 'rounds', 25, 4);
  for (const child of children) child.go();
  for (const child of children) expect(await child.ended).toMatchObject({ code: 0 });
  expectOneOwner(witness, []);
  const grants = witnessed(witness).filter(([word]) => word === 'in');
  expect(grants).toHaveLength(100);
  // Each waits for every other one exactly once: nobody gets two turns in a row while others wait.
  const rounds = grants.slice(0, 96).map(([, pid]) => pid);
  for (let at = 0; at + 4 <= rounds.length; at += 1) {
    expect(new Set(rounds.slice(at, at + 4)).size).toBe(4);
  }
});
