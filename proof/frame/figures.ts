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
}

/** Writes down what a proof reached, and prints it. */
export function keepFigure(proof: string, figure: Figure): void {
  const found = Object.entries(figure.found).map(([name, count]) => `${count} ${name}`);
  const { what, count, seconds } = figure;
  console.log(`${proof}: ${count} ${what}, ${found.join(', ')}, ${seconds.toFixed(1)} s`);
  const file = new URL(`${proof}.${isLong ? 'long' : 'short'}.json`, RESULTS);
  const rows = readRows(file).filter((row) => row.what !== figure.what);
  mkdirSync(RESULTS, { recursive: true });
  const run = {
    date: new Date().toISOString().slice(0, 10),
    commit: commitOf(),
    machine: `${processorOf()}, Linux ${release()}, ${fileSystemOf(tmpdir())}, Node ${process.version}`,
  };
  const text = JSON.stringify({ ...run, rows: [...rows, figure] }, undefined, 2);
  writeFileSync(fileURLToPath(file), `${text}\n`);
}

function readRows(file: URL): Figure[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { rows: Figure[] }).rows;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
