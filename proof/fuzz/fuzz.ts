/**
 * Feeds a target with inputs of its own making for a while. An input whose outcome is of a new kind
 * joins the corpus, which is feedback enough for formats that say what is wrong with them. Inputs that
 * failed once are kept in `proof/corpus/fuzz-inputs.json` and come first.
 */
import { readFileSync } from 'node:fs';
import { isHoldfastError } from '../../src/model/errors.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { size } from '../frame/size.ts';
import { type Dictionary, mutated } from './mutator.ts';

export interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  readonly dictionary: Dictionary;
  /**
   * Does what the product does with such bytes, and returns what became of it in few words. Throws
   * a typed error, or fails: anything else that is thrown is a fault.
   */
  run(input: Buffer): string | Promise<string>;
}

interface Kept {
  target: string;
  /** In base64. */
  input: string;
  law: string;
}

const CORPUS_MAX = 600;
/** Processor time, because the machine may be busy with something else. */
const MS_PER_MEBIBYTE_MAX = 1_000;
const TRIES_TO_SHORTEN = 400;

export async function fuzz(target: Target): Promise<void> {
  const { seed, chance } = beginRun('fuzz', target.name);
  for (const { input, law } of keptInputs(target.name)) {
    const wrong = await wrongWith(target, Buffer.from(input, 'base64'));
    if (wrong.fault !== undefined) throw new Error(`${law}, again: ${wrong.fault}`);
  }
  const corpus = [...target.seeds];
  const seen = new Set<string>();
  const began = performance.now();
  const until = began + size(6, 480) * 1_000;
  let runs = 0;
  while (performance.now() < until) {
    for (let batch = 0; batch < 20; batch++) {
      const input = mutated(chance, corpus, target.dictionary);
      const { fault, outcome } = await wrongWith(target, input);
      runs += 1;
      if (fault !== undefined) throw await told(target, input, fault, seed);
      if (seen.has(outcome)) continue;
      seen.add(outcome);
      if (corpus.length < CORPUS_MAX) corpus.push(input);
    }
  }
  const seconds = (performance.now() - began) / 1_000;
  const found = { crashes: 0, 'untyped errors': 0, 'over their time': 0 };
  keepFigure('fuzz', { what: `executions, ${target.name}`, count: runs, found, seconds, seed });
  console.log(`${Math.round(runs / seconds)} executions/s, ${seen.size} kinds of outcome`);
}

function keptInputs(name: string): readonly Kept[] {
  const file = new URL('../corpus/fuzz-inputs.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as Kept[]).filter(({ target }) => target === name);
}

async function wrongWith(
  target: Target,
  input: Buffer,
): Promise<{ outcome: string; fault?: string }> {
  const before = process.cpuUsage();
  let outcome: string;
  try {
    outcome = kindOf(await target.run(input));
  } catch (error) {
    if (!isHoldfastError(error)) {
      const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { outcome: '', fault };
    }
    outcome = `${error.code} ${kindOf(error.message)}`;
  }
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1_000;
  const mebibytes = Math.max(1, input.length / 1_048_576);
  if (ms > MS_PER_MEBIBYTE_MAX * mebibytes) return { outcome, fault: `took ${Math.round(ms)} ms` };
  return { outcome };
}

/** What an outcome says besides the numbers and names in it. */
function kindOf(outcome: string): string {
  return outcome
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/[0-9a-f]{8,}|\d+/g, '#')
    .slice(0, 300);
}

async function told(target: Target, input: Buffer, fault: string, seed: number): Promise<Error> {
  const short = await shortened(target, input);
  const base64 = short.toString('base64');
  return new Error(
    `${target.name}, seed ${seed}: ${fault}\ninput: ${JSON.stringify(short.toString('latin1'))}\nbase64: ${base64}`,
  );
}

/** Leaves out what the fault does not need. */
async function shortened(target: Target, input: Buffer): Promise<Buffer> {
  let short = input;
  let tries = 0;
  for (let length = short.length >> 1; length > 0 && tries < TRIES_TO_SHORTEN; length >>= 1) {
    for (let at = 0; at < short.length && tries < TRIES_TO_SHORTEN; tries++) {
      const less = Buffer.concat([short.subarray(0, at), short.subarray(at + length)]);
      if ((await wrongWith(target, less)).fault !== undefined) short = less;
      else at += length;
    }
  }
  return short;
}
