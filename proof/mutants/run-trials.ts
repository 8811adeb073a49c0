import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A test, and the mutant in whose presence it runs; none: the source as it is. */
export interface Trial {
  mutant?: string;
  /** The file that the mutant changes. */
  source?: string;
  /** A test file, and a part of the titles of its tests. */
  test: { file: string; title: string };
}

/** What a test, or a file of tests that could not be run, complained of. */
export interface Complaint {
  name: string;
  message: string;
}

/** What became of a trial. */
export interface Outcome extends Trial {
  seconds: number;
  /** Files that could not be run. */
  broken: Complaint[];
  tests: { title: string; state: string; errors: Complaint[] }[];
}

/** Two cores. */
const AT_ONCE = 2;
const PROGRAM = fileURLToPath(new URL('try-mutants.js', import.meta.url));

/** Runs trials until all are done or the time is over; those that were not done are missing. */
export async function runTrials(trials: readonly Trial[], limitMs: number): Promise<Outcome[]> {
  const waiting = [...trials];
  const outcomes: Outcome[] = [];
  const children = Array.from({ length: AT_ONCE }, startChild);
  const late = setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
  }, limitMs);
  try {
    await Promise.all(children.map((child) => feed(child, waiting, outcomes)));
  } finally {
    clearTimeout(late);
    // Each ends by itself then, and takes along what it has started, such as a server.
    for (const child of children) if (child.connected) child.disconnect();
  }
  return outcomes;
}

function startChild(): ChildProcess {
  // A vitest of its own, which must not take itself for a worker of this one.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|HOLDFAST_MUTANT)/.test(name)),
  );
  return fork(PROGRAM, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** Hands one trial after the other to a child; resolves when none is left or the child has ended. */
function feed(child: ChildProcess, waiting: Trial[], outcomes: Outcome[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      const trial = waiting.shift();
      if (trial) child.send(trial);
      else resolve();
    };
    child.on('message', (said: Outcome | 'ready') => {
      if (said !== 'ready') {
        outcomes.push(said);
        const { mutant = 'no mutant', test, seconds } = said;
        console.log(`${seconds.toFixed(1)} s  ${mutant}: ${test.title.slice(0, 60)}`);
      }
      next();
    });
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}
