import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A test, and the mutant in whose presence it runs; none: the source as it is. */
export interface Trial {
  mutant?: string;
  /** The file that the mutant changes. */
  source?: string;
  /** A test file, and how the titles of its tests begin. */
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

/** Runs every trial, those of one test file side by side, so that it is compiled once. */
export async function runTrials(trials: readonly Trial[], limitMs: number): Promise<Outcome[]> {
  const shares: Trial[][] = Array.from({ length: AT_ONCE }, () => []);
  const files = new Map<string, Trial[]>();
  for (const trial of trials) {
    files.set(trial.test.file, [...(files.get(trial.test.file) ?? []), trial]);
  }
  const groups = [...files.values()].sort((a, b) => b.length - a.length);
  for (const group of groups) {
    const smallest = shares.reduce((a, b) => (b.length < a.length ? b : a));
    smallest.push(...group);
  }
  const outcomes = await Promise.all(shares.map((share) => runShare(share, limitMs)));
  return outcomes.flat();
}

async function runShare(share: readonly Trial[], limitMs: number): Promise<Outcome[]> {
  // A vitest of its own, which must not take itself for a worker of this one.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|HOLDFAST_MUTANT)/.test(name)),
  );
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(share)], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  let complaints = '';
  child.stderr?.on('data', (text: Buffer) => {
    complaints += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const outcomes: Outcome[] = [];
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    outcomes.push(JSON.parse(line) as Outcome);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`try-mutants.js ended with ${code}: ${complaints.slice(-4_000)}`);
  return outcomes;
}
