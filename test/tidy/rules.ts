import { importsOf } from './arrows.ts';
import { isTest, type SourceFile } from './source-files.ts';

/** Modules that reach the machine: only `src/system` and the command line may import them. */
const WORLD_MODULES =
  /^(node:)?(fs|fs\/promises|timers|timers\/promises|child_process|worker_threads|net|http|https)$|^(fs-native-extensions|uuid)$/;
const WORLD_CALLS =
  /\bDate\.now\b|\bnew Date\(\)|\bset(Timeout|Interval|Immediate)\b|\bAbortSignal\.timeout\b|\bMath\.random\b|\bperformance\.|\bprocess\.hrtime\b|\brandom(UUID|Bytes|Int|FillSync|Fill)\b|\bgetRandomValues\b|\bAtomics\.wait\b/g;
/** The small clocks of the store and of back ends without files, which tests replace as a value. */
const SMALL_WORLDS = [
  'src/store/surroundings.ts',
  'src/backends/memory/world.ts',
  'src/backends/postgres/world.ts',
  'src/inspector/world.ts',
];

/** Clocks, timers, files and chance outside the seam. */
export function worldOutsideTheSeam(file: SourceFile): string[] {
  if (/^src\/(system|cli)\//.test(file.path) || SMALL_WORLDS.includes(file.path)) return [];
  const modules = importsOf(file).filter((name) => WORLD_MODULES.test(name));
  const calls = file.code.match(WORLD_CALLS) ?? [];
  return [...modules, ...calls].map((name) => `${file.path} uses ${name}`);
}

/** Errors without a code. `TypeError` is for a function of the wrong kind. */
export function errorsWithoutCode(file: SourceFile): string[] {
  if (file.path === 'src/model/errors.ts') return [];
  const found = file.code.match(/\bnew (Error|RangeError|SyntaxError|AggregateError)\(/g) ?? [];
  return found.map((text) => `${file.path}: ${text}...)`);
}

/** A failure that nobody hears of. A promise may be let go where a comment above says why. */
export function swallowedErrors(file: SourceFile): string[] {
  const wrong: string[] = [];
  if (/\bcatch\s*(\([^)]*\)\s*)?\{\s*\}/.test(file.code))
    wrong.push(`${file.path}: an empty catch`);
  for (const [index, line] of file.lines.entries()) {
    if (!/\.catch\(\(\w*\) => (\{\s*\}|undefined|null)\)/.test(line)) continue;
    const above = file.lines.slice(Math.max(0, index - 3), index);
    if (above.some((text) => /^\s*(\/\/|\*)/.test(text))) continue;
    wrong.push(`${file.path}:${index + 1}: a rejection is dropped without a reason`);
  }
  return wrong;
}

const LINES_MAX = 250;
/** A test file is a list: longer than a program, but not without end. */
const TEST_LINES_MAX = 400;

/** Files that hold more than one idea. */
export function longFiles(file: SourceFile): string[] {
  const max = isTest(file) ? TEST_LINES_MAX : LINES_MAX;
  const count = file.lines.length - 1;
  return count > max ? [`${file.path} has ${count} lines, ${max} are allowed`] : [];
}

const FUNCTION_LINES_MAX = 70;
const FUNCTION_BEGINS =
  /\bfunction\b.*\{$|=> \{$|^\s*(?!if|for|while|switch|return|catch|else)(?:(?:static|async|override|get|set) )*[#*\w[\].]+\(.*\{$|^\s*\).*\{$/;

/**
 * Functions longer than a screen. The formatter puts the brace that closes a block under the line
 * that opens it, so indentation is enough to find the end.
 */
export function longFunctions(file: SourceFile): string[] {
  const wrong: string[] = [];
  for (const [index, line] of file.lines.entries()) {
    if (!FUNCTION_BEGINS.test(line)) continue;
    const indent = /^ */.exec(line)?.[0] ?? '';
    const end = file.lines.findIndex((other, at) => at > index && other.startsWith(`${indent}}`));
    const count = end - index + 1;
    if (count > FUNCTION_LINES_MAX) {
      wrong.push(`${file.path}:${index + 1}: a function of ${count} lines`);
    }
  }
  return wrong;
}

/** Names that say nothing, or that another system would spell in another way. */
export function badNames(file: SourceFile): string[] {
  const name = file.path.split('/').at(-1) ?? '';
  const stem = name.replace(/(\.(test|proof|d))?\.(tsx?|js|mjs)$/, '');
  const empty = /^(utils?|helpers?|common|misc|shared|managers?|types?|lib)$/.test(stem);
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.config)?$/.test(stem);
  return empty || !kebab ? [`${file.path}: choose a name that says what it is`] : [];
}

// Put together here, so that this file does not find itself.
const PROMISES = new RegExp(
  `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`,
);
const HOSTS = new RegExp(
  ['registry\\.npm' + 'js', 'ver' + 'daccio', 'artifact' + 'ory'].join('|'),
  'i',
);

/** What does not belong into a repository: promises, hosts of a registry, paths of one machine. */
export function foreignText(file: SourceFile, root: string): string[] {
  const wrong: string[] = [];
  if (PROMISES.test(file.text)) wrong.push(`${file.path}: do it or write it down as a limit`);
  if (HOSTS.test(file.text)) wrong.push(`${file.path}: the host of a registry`);
  const machine = root.replace(/\/$/, '');
  if (machine.length > 3 && file.text.includes(`${machine}/`)) {
    wrong.push(`${file.path}: a path of this machine`);
  }
  return wrong;
}

/** Switches that turn the compiler off. */
export function silencedCompiler(file: SourceFile): string[] {
  return /@ts-(ignore|nocheck|expect-error)/.test(file.text)
    ? [`${file.path}: a silenced error`]
    : [];
}
