/**
 * Figures of a run, kept in `proof/results/` for the page of guarantees: one file a proof and form.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { commitOf, fileSystemOf, processorOf } from './run-facts.ts';
import { isLong } from './size.ts';

const RESULTS = new URL('../results/', import.meta.url);

/** One row of what a proof reached. */
export interface Figure {
  /** What was counted: `SIGKILLs`, `crash states`. */
  what: string;
  count: number;
  /** What it found: `lost`, `torn`, ... each 0 where all is well. */
  found: Readonly<Record<string, number>>;
  seconds: number;
  seed?: number;
  /** How many runs of the long form this is the sum of; 1 when left out. */
  runs?: number;
}

/** Writes down what a proof reached, and prints it. */
export function keepFigure(proof: string, figure: Figure): void {
  const found = Object.entries(figure.found).map(([name, count]) => `${count} ${name}`);
  const { what, count, seconds } = figure;
  console.log(`${proof}: ${count} ${what}, ${found.join(', ')}, ${seconds.toFixed(1)} s`);
  const file = new URL(`${proof}.${isLong ? 'long' : 'short'}.json`, RESULTS);
  const before = readRows(file);
  const former = isLong ? before.find((row) => row.what === figure.what) : undefined;
  const rows = before.filter((row) => row.what !== figure.what);
  mkdirSync(RESULTS, { recursive: true });
  const run = {
    date: new Date().toISOString().slice(0, 10),
    commit: commitOf(),
    machine: `${processorOf()}, Linux ${release()}, ${fileSystemOf(tmpdir())}, Node ${process.version}`,
  };
  const text = JSON.stringify(
    { ...run, rows: [...rows, former ? together(former, figure) : figure] },
    undefined,
    2,
  );
  writeFileSync(fileURLToPath(file), `${text}\n`);
}

/**
 * The long form is run in pieces, as machines have time for it, each with a seed of its own: what it
 * reached is the sum. Remove the file to begin anew.
 */
function together(former: Figure, figure: Figure): Figure {
  const found = { ...former.found };
  for (const [name, n] of Object.entries(figure.found)) found[name] = (found[name] ?? 0) + n;
  return {
    ...figure,
    count: former.count + figure.count,
    found,
    seconds: former.seconds + figure.seconds,
    runs: (former.runs ?? 1) + 1,
  };
}

function readRows(file: URL): Figure[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { rows: Figure[] }).rows;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
